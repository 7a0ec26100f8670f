package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// storybookCommand prints the till's screens for who works on them. A cashier's help does not name it.
func storybookCommand(p *program) *cobra.Command {
	show := &showing{p: p, size: sizeFlag{80, 24}, colors: "auto", ground: "dark", language: string(texts.Russian)}
	command := &cobra.Command{
		Use:     "storybook [NAME...]",
		Short:   string(texts.CLIHelpStorybook),
		Long:    string(texts.CLILongStorybook),
		Example: exampleStorybook,
		Hidden:  true,
		RunE:    func(_ *cobra.Command, names []string) error { return show.run(names) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return sceneNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	own := command.Flags()
	own.BoolVar(&show.all, "all", false, string(texts.CLIFlagSceneAll))
	own.Var(&show.size, "size", string(texts.CLIFlagSceneSize))
	own.StringVar(&show.colors, "color", show.colors, string(texts.CLIFlagSceneColor))
	own.StringVar(&show.ground, "background", show.ground, string(texts.CLIFlagSceneGround))
	own.BoolVar(&show.ascii, "ascii", false, string(texts.CLIFlagSceneASCII))
	own.StringVar(&show.language, "language", show.language, string(texts.CLIFlagLanguage))
	own.StringVar(&show.folder, "svg", "", string(texts.CLIFlagSceneSVG))
	completeWith(command, "size", []string{"80x24", "100x30", "140x45"})
	completeWith(command, "color", colorNames)
	completeWith(command, "background", grounds)
	completeWith(command, "language", languages())
	return command
}

// showing is what is shown of which scenes, and how.
type showing struct {
	p        *program
	all      bool
	size     sizeFlag
	colors   string // one of colorNames
	ground   string // one of grounds
	ascii    bool
	language string
	folder   string // for pictures; "": the screens are printed
	plain    bool   // no terminal reads it: text alone
}

// colorNames are the values of --color; the first lets the output decide, the others stand in the order of [look.Colors].
var colorNames = []string{"auto", "none", "16", "256", "true"}

var grounds = []string{"dark", "light"}

func languages() []string {
	var names []string
	for _, lang := range texts.Langs() {
		names = append(names, string(lang))
	}
	return names
}

func sceneNames() []string {
	var names []string
	for _, s := range storybook.Scenes() {
		names = append(names, s.Name)
	}
	return names
}

func (s *showing) run(names []string) (err error) {
	scenes, err := s.chosen(names)
	if err != nil {
		return err
	}
	setting, err := s.setting()
	if err != nil {
		return err
	}
	if len(scenes) == 0 {
		if s.folder != "" {
			return misuse(texts.CLINothingToDraw)
		}
		return s.list()
	}
	shelf := &shelf{}
	defer func() { err = errors.Join(err, shelf.clear()) }()
	setting.Store = shelf.journal
	for _, scene := range scenes {
		if err := s.show(scene, setting); err != nil {
			return err
		}
	}
	return nil
}

// list says which scenes there are.
func (s *showing) list() error {
	scenes, widest := storybook.Scenes(), 0
	for _, scene := range scenes {
		widest = max(widest, len(scene.Name))
	}
	for _, scene := range scenes {
		if err := s.p.print("%-*s  %s\n", widest, scene.Name, scene.Title); err != nil {
			return err
		}
	}
	return nil
}

// chosen finds the scenes that were named.
func (s *showing) chosen(names []string) ([]storybook.Scene, error) {
	if s.all {
		if len(names) > 0 {
			return nil, misuse(texts.CLIAllOrNames)
		}
		return storybook.Scenes(), nil
	}
	var scenes []storybook.Scene
	for _, name := range names {
		scene, ok := storybook.Find(name)
		if !ok {
			return nil, misuse(texts.CLINoScene, texts.Args{"Name": name})
		}
		scenes = append(scenes, scene)
	}
	return scenes, nil
}

// setting reads the flags.
func (s *showing) setting() (storybook.Setting, error) {
	colors := slices.Index(colorNames, s.colors)
	lang := texts.Lang(s.language)
	switch {
	case colors < 0:
		return storybook.Setting{}, wantOneOf("color", colorNames)
	case !slices.Contains(grounds, s.ground):
		return storybook.Setting{}, wantOneOf("background", grounds)
	case !slices.Contains(texts.Langs(), lang):
		return storybook.Setting{}, wantOneOf("language", languages())
	}
	theme := look.Theme{Colors: look.Colors(colors - 1), Light: s.ground == "light", ASCII: s.ascii}
	if colors == 0 {
		theme.Colors = s.autoColors()
	}
	return storybook.Setting{Width: s.size.width, Height: s.size.height, Theme: theme, Language: lang}, nil
}

// autoColors are all for pictures, those of the terminal where there is one, and none in a file.
func (s *showing) autoColors() look.Colors {
	if s.folder != "" {
		return look.ColorsTrue
	}
	if out, ok := s.p.stdout.(*os.File); !ok || !term.IsTerminal(int(out.Fd())) {
		s.plain = true
		return look.NoColors
	}
	return look.ThemeFromEnv(s.p.getenv, s.p.goos == "windows").Colors
}

// show prints a scene, or draws it.
func (s *showing) show(scene storybook.Scene, setting storybook.Setting) error {
	if s.folder != "" {
		picture, err := scene.Picture(setting)
		if err == nil {
			err = os.MkdirAll(s.folder, 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(s.folder, scene.Name+".svg"), []byte(picture), 0o644)
		}
		return err
	}
	frame, err := scene.Frame(setting)
	if err != nil {
		return err
	}
	if s.plain {
		frame = ansi.Strip(frame)
	}
	return printScene(s.p.stdout, scene, frame, s.size.width, s.ascii)
}

// printScene writes a screen between two lines as wide as it is: the first names it, the second ends it.
func printScene(w io.Writer, scene storybook.Scene, frame string, width int, ascii bool) error {
	dash, end := "─", "═"
	if ascii {
		dash, end = "-", "="
	}
	name := dash + dash + " " + scene.Name + ": " + scene.Title + " "
	_, err := fmt.Fprintf(w, "%s%s\n%s\n%s\n\n", name, strings.Repeat(dash, max(2, width-look.Width(name))), frame, strings.Repeat(end, width))
	return err
}

// sizeFlag is a window, such as 80x24.
type sizeFlag struct{ width, height int }

// The windows in which screens are shown: the smallest is the smallest that they are made for.
var (
	smallestWindow = sizeFlag{80, 24}
	largestWindow  = sizeFlag{500, 200}
)

func (f *sizeFlag) Set(written string) error {
	columns, rows, _ := strings.Cut(written, "x")
	width, badWidth := strconv.Atoi(columns)
	height, badHeight := strconv.Atoi(rows)
	if badWidth != nil || badHeight != nil || width < smallestWindow.width || height < smallestWindow.height ||
		width > largestWindow.width || height > largestWindow.height {
		return fmt.Errorf("want columns x rows, from %s to %s", &smallestWindow, &largestWindow)
	}
	f.width, f.height = width, height
	return nil
}

func (f *sizeFlag) String() string { return fmt.Sprintf("%dx%d", f.width, f.height) }

func (f *sizeFlag) Type() string { return "SIZE" }

// shelf keeps the journals that scenes with orders play on, until they are cleared away.
type shelf struct {
	folder   string // "": there is none yet
	journals []*journal.Journal
}

// journal opens an empty one.
func (s *shelf) journal() (stage.Store, error) {
	if s.folder == "" {
		folder, err := os.MkdirTemp("", "skidkassa-storybook-")
		if err != nil {
			return nil, err
		}
		s.folder = folder
	}
	path := filepath.Join(s.folder, strconv.Itoa(len(s.journals)), "journal.db")
	j, err := journal.Open(context.Background(), journal.Options{Path: path, Register: stage.Register})
	if err != nil {
		return nil, err
	}
	s.journals = append(s.journals, j)
	return j, nil
}

func (s *shelf) clear() error {
	var errs []error
	for _, j := range s.journals {
		errs = append(errs, j.Close())
	}
	if s.folder != "" {
		errs = append(errs, os.RemoveAll(s.folder))
	}
	return errors.Join(errs...)
}
