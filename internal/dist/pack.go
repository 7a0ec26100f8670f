package main

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"time"
)

// entry is a file on its way into an archive.
type entry struct {
	name   string // in the archive, with slashes
	source string // on this machine
	mode   int64
}

// pack writes an archive of files in the order of their names. Every byte of it follows from the files, their names and
// the time: whoever packs the same gets the same.
func pack(archive, format, folder string, entries []entry, at time.Time) (err error) {
	entries = slices.SortedFunc(slices.Values(entries), func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	file, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, file.Close()) }()
	writePack := packTar
	if format == "zip" {
		writePack = packZip
	}
	return writePack(file, folder, entries, at.UTC())
}

func packTar(to io.Writer, folder string, entries []entry, at time.Time) error {
	compressed, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	for _, e := range entries {
		data, err := os.ReadFile(e.source)
		if err != nil {
			return err
		}
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: path.Join(folder, e.name), Size: int64(len(data)), Mode: e.mode,
			ModTime: at, Uname: owner, Gname: owner, Format: tar.FormatUSTAR,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(data); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressed.Close()
}

func packZip(to io.Writer, folder string, entries []entry, at time.Time) error {
	archive := zip.NewWriter(to)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for _, e := range entries {
		data, err := os.ReadFile(e.source)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: path.Join(folder, e.name), Method: zip.Deflate, Modified: at}
		header.SetMode(os.FileMode(e.mode))
		file, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(data); err != nil {
			return err
		}
	}
	return archive.Close()
}

// checksums lists files as sha256sum(1) does, so that `sha256sum -c` checks them.
func checksums(files []string) ([]byte, error) {
	var list []byte
	for _, file := range slices.Sorted(slices.Values(files)) {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		list = fmt.Appendf(list, "%x  %s\n", sha256.Sum256(data), path.Base(file))
	}
	return list, nil
}
