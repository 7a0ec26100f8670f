package waiterapi_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/waiterapi"
)

// picture is an image file whose left half is red and whose right half is transparent (in a JPEG: black).
func picture(t testing.TB, format string, width, height int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width / 2 {
			img.SetNRGBA(x, y, color.NRGBA{R: 255, A: 255})
		}
	}
	var b bytes.Buffer
	if format == "png" {
		must(t, png.Encode(&b, img))
	} else {
		must(t, jpeg.Encode(&b, img, nil))
	}
	return b.Bytes()
}

// claiming is a PNG whose header says another size.
func claiming(data []byte, width, height uint32) []byte {
	data = bytes.Clone(data)
	header := data[12:29] // after the signature and the length: "IHDR" and its 13 bytes
	binary.BigEndian.PutUint32(header[4:], width)
	binary.BigEndian.PutUint32(header[8:], height)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(header))
	return data
}

// photoOf reads the photo of a reply; nil when it is JSON.
func photoOf(t *testing.T, a answer) []byte {
	t.Helper()
	media, parameters, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	must(t, err)
	if media == "application/json" {
		return nil
	}
	form, err := multipart.NewReader(strings.NewReader(a.Body), parameters["boundary"]).ReadForm(1 << 20)
	must(t, err)
	if len(form.Value["loyalty"]) != 1 || len(form.Value["photo"]) != 1 {
		t.Fatalf("the parts are %v", form.Value)
	}
	return []byte(form.Value["photo"][0])
}

func TestPhotos(t *testing.T) {
	tests := []struct {
		name, file    string
		data          []byte
		width, height int // of what is sent; 0: JSON
	}{
		{"small JPEG as it is", "83532824.jpg", picture(t, "jpeg", 640, 400), 640, 400},
		{"small PNG as it is", "83532824.png", picture(t, "png", 10, 640), 10, 640},
		{"wide JPEG", "83532824.jpeg", picture(t, "jpeg", 1280, 400), 640, 200},
		{"tall PNG", "83532824.png", picture(t, "png", 333, 1000), 213, 640},
		{"a thread", "83532824.png", picture(t, "png", 5000, 2), 640, 1},
		{"somebody else's", "1.jpg", picture(t, "jpeg", 2, 2), 0, 0},
		{"no picture", "83532824.jpg", []byte("<html>"), 0, 0},
		{"too wide", "83532824.png", picture(t, "png", 10_001, 1), 0, 0},
		{"too many pixels", "83532824.png", claiming(picture(t, "png", 2, 2), 4001, 4000), 0, 0},
		{"too large a file", "83532824.png", append(picture(t, "png", 2, 2), make([]byte, 2<<20)...), 0, 0},
		{"cut off", "83532824.png", picture(t, "png", 1000, 1000)[:200], 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options(seat(seated()))
			o.Photos = t.TempDir()
			must(t, os.WriteFile(filepath.Join(o.Photos, test.file), test.data, 0o600))
			a := open(t, o).ask("GET", order("/loyalty"), "")
			sent := photoOf(t, a)
			if test.width == 0 {
				if sent != nil || a.Status != 200 {
					t.Errorf("got %d and a photo of %d bytes", a.Status, len(sent))
				}
				return
			}
			got, _, err := image.Decode(bytes.NewReader(sent))
			must(t, err)
			if size := got.Bounds().Size(); size.X != test.width || size.Y != test.height {
				t.Errorf("the photo is %v, want %d x %d", size, test.width, test.height)
			}
		})
	}
}

func TestAScaledPhotoShowsWhatItShowed(t *testing.T) {
	for format, right := range map[string]color.RGBA{"png": {255, 255, 255, 255}, "jpeg": {0, 0, 0, 255}} {
		scaled, err := waiterapi.FitPhoto(picture(t, format, 2000, 1000))
		must(t, err)
		got, err := jpeg.Decode(bytes.NewReader(scaled))
		must(t, err)
		for x, want := range map[int]color.RGBA{100: {255, 0, 0, 255}, 500: right} {
			r, g, b, _ := got.At(x, 160).RGBA()
			if near := func(a uint32, b uint8) bool { return max(int(a>>8), int(b))-min(int(a>>8), int(b)) < 8 }; !near(r, want.R) || !near(g, want.G) || !near(b, want.B) {
				t.Errorf("%s at %d: %d %d %d, want %v", format, x, r>>8, g>>8, b>>8, want)
			}
		}
	}
}

func TestAChangedPhotoIsReadAgain(t *testing.T) {
	o := options(seat(seated()))
	o.Photos = t.TempDir()
	path := filepath.Join(o.Photos, "83532824.png")
	d := open(t, o)
	for i, data := range [][]byte{picture(t, "png", 2, 2), []byte("damaged"), picture(t, "png", 4, 4)} {
		must(t, os.WriteFile(path, data, 0o600))
		must(t, os.Chtimes(path, noon, noon.Add(time.Duration(i)*time.Second)))
		for range 2 {
			d.clock.Advance(time.Hour) // the reply itself is not kept
			if got, want := photoOf(t, d.ask("GET", order("/loyalty"), "")), data; i != 1 && !bytes.Equal(got, want) || i == 1 && got != nil {
				t.Errorf("photo %d: got %d bytes", i, len(got))
			}
		}
	}
	if got := strings.Count(d.log.String(), "photo cannot be shown"); got != 1 {
		t.Errorf("the damaged photo was complained of %d times, want once", got)
	}
	must(t, os.Remove(path))
	must(t, os.Mkdir(path, 0o700))
	if got := photoOf(t, d.ask("GET", order("/loyalty"), "")); got != nil {
		t.Error("a folder was sent as a photo")
	}
}
