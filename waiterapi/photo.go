package waiterapi

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	_ "image/png" // photos may be PNGs
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// photoShelf finds guests' photos in a folder, <client>.jpg, .jpeg or .png, and scales them down to what a handheld shows.
type photoShelf struct {
	folder string // empty: there are none
	log    *slog.Logger

	mu   sync.Mutex // held while a photo is made, because a decoded one is large
	kept map[string]keptPhoto
}

// keptPhoto is a photo as it is sent; nil bytes: the file is none that can be.
type keptPhoto struct {
	changed   time.Time // of the file
	sizeBytes int64
	bytes     []byte
}

// find gives the photo of a client; nil when there is none.
func (p *photoShelf) find(client int64) []byte {
	if p.folder == "" {
		return nil
	}
	for _, extension := range []string{".jpg", ".jpeg", ".png"} {
		path := filepath.Join(p.folder, strconv.FormatInt(client, 10)+extension)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return p.take(path, info)
		}
	}
	return nil
}

// take gives the photo of a file, made anew when the file has changed.
func (p *photoShelf) take(path string, info fs.FileInfo) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept, ok := p.kept[path]
	if ok && kept.changed.Equal(info.ModTime()) && kept.sizeBytes == info.Size() {
		return kept.bytes
	}
	photo, err := readPhoto(path)
	if err != nil {
		p.log.Warn("a guest's photo cannot be shown", "file", filepath.Base(path), "err", err)
	}
	if len(p.kept) >= photosKept || p.kept == nil {
		p.kept = make(map[string]keptPhoto)
	}
	p.kept[path] = keptPhoto{changed: info.ModTime(), sizeBytes: info.Size(), bytes: photo}
	return photo
}

// Why a photo is not shown.
var (
	errPhotoTooLarge = errors.New("waiterapi: the photo's file is too large")
	errPhotoTooWide  = errors.New("waiterapi: the photo has too many pixels")
)

// readPhoto reads a photo that fits the handheld's screen. A small one is sent as it is.
func readPhoto(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, photoMaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > photoMaxBytes {
		return nil, errPhotoTooLarge
	}
	return fitPhoto(data)
}

// fitPhoto scales a photo down to [photoMaxSide]. The size is looked at before the pixels are: a small file may claim a billion.
func fitPhoto(data []byte) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("waiterapi: photo: %w", err)
	}
	if max(size.Width, size.Height) > photoMaxWidth || size.Width*size.Height > photoMaxPixels {
		return nil, errPhotoTooWide
	}
	if max(size.Width, size.Height) <= photoMaxSide {
		return data, nil
	}
	decoded, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("waiterapi: photo: %w", err)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, shrink(decoded), &jpeg.Options{Quality: 85}); err != nil {
		return nil, fmt.Errorf("waiterapi: photo: %w", err)
	}
	return b.Bytes(), nil
}

// shrink makes each pixel the mean of those that it stands for, on white where the photo is transparent.
func shrink(photo image.Image) *image.RGBA {
	from := photo.Bounds()
	longer := max(from.Dx(), from.Dy())
	small := image.NewRGBA(image.Rect(0, 0, max(1, from.Dx()*photoMaxSide/longer), max(1, from.Dy()*photoMaxSide/longer)))
	width, height := small.Bounds().Dx(), small.Bounds().Dy()
	row := image.NewRGBA(image.Rect(0, 0, from.Dx(), (from.Dy()+height-1)/height+1))
	for y := range height {
		top, bottom := y*from.Dy()/height, (y+1)*from.Dy()/height
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, image.Rect(0, 0, from.Dx(), bottom-top), photo, from.Min.Add(image.Pt(0, top)), draw.Over)
		for x := range width {
			left, right := x*from.Dx()/width, (x+1)*from.Dx()/width
			copy(small.Pix[small.PixOffset(x, y):], mean(row, image.Rect(left, 0, right, bottom-top)))
		}
	}
	return small
}

// mean is the mean colour of an area that is not empty, opaque.
func mean(from *image.RGBA, area image.Rectangle) []uint8 {
	var sum [3]int
	for y := area.Min.Y; y < area.Max.Y; y++ {
		pixels := from.Pix[from.PixOffset(area.Min.X, y):from.PixOffset(area.Max.X, y)]
		for i := 0; i < len(pixels); i += 4 {
			sum[0], sum[1], sum[2] = sum[0]+int(pixels[i]), sum[1]+int(pixels[i+1]), sum[2]+int(pixels[i+2])
		}
	}
	count := area.Dx() * area.Dy()
	return []uint8{uint8(sum[0] / count), uint8(sum[1] / count), uint8(sum[2] / count), 255}
}
