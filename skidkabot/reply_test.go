package skidkabot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// The published replies (PROTOCOLS.md, section 1).
const (
	publishedBalance = `{ "code": 0, "first_name": "Александр", "last_name": "Татарченко", "balance": 2365, "p_plus": 2, "p_minus": 10 }`
	publishedRefusal = `{ "code": 8, "text": "Неверная контрольная сумма QR-кода. Перевыпустите QR-код." }`
	publishedBroken4 = `{"code": 4, "text"" "Не хватает обязательного параметра: Временный ключ QR-кода (qr_secret)"}`
	publishedPHP     = `{"code"=>15,"text"=>"Извините, на вашем счете отрицательный баланс и СкидкаБот не работает. Пополните ваш баланс на сайте http://skidkabot.ru))"`
)

func TestParseReplyOfBalance(t *testing.T) {
	got, err := parseReply([]byte(publishedBalance))
	if err != nil {
		t.Fatal(err)
	}
	if got.firstName != "Александр" || got.lastName != "Татарченко" || got.code != 0 {
		t.Errorf("got %q %q, code %d", got.firstName, got.lastName, got.code)
	}
	for name, number := range map[string]struct {
		value decimal.Decimal
		has   bool
		want  string
	}{
		"balance": {got.balance, got.hasBalance, "2365"},
		"p_plus":  {got.accruePercent, got.hasAccruePercent, "2"},
		"p_minus": {got.redeemPercent, got.hasRedeemPercent, "10"},
	} {
		if !number.has || number.value.String() != number.want {
			t.Errorf("%s: got %s, has %v", name, number.value, number.has)
		}
	}
}

func TestParseReplyOfRefusal(t *testing.T) {
	got, err := parseReply([]byte(publishedRefusal))
	if err != nil || got.code != CodeWrongQR || got.text != "Неверная контрольная сумма QR-кода. Перевыпустите QR-код." {
		t.Errorf("got code %d, text %q, error %v", got.code, got.text, err)
	}
}

func TestParseReplyAccepts(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		code Code
	}{
		"bare success":        {`{"code":0}`, 0},
		"string code":         {`{"code":"0"}`, 0},
		"string refusal":      {`{"code":"13"}`, 13},
		"undocumented":        {`{"code":77}`, 77},
		"negative":            {`{"code":-1}`, -1},
		"BOM":                 {"\ufeff" + `{"code":0}`, 0},
		"white space":         {" \r\n\t{ \"code\" : 0 }\n ", 0},
		"unknown keys":        {`{"code":0,"id":1,"data":{"a":[1,{"b":null}]},"ok":true}`, 0},
		"escaped key":         {`{"\u0063ode":0}`, 0},
		"null names":          {`{"code":0,"first_name":"Анна","last_name":null}`, 0},
		"null text":           {`{"code":9,"text":null}`, 9},
		"seven levels":        {`{"code":0,"x":[[[[[[1]]]]]]}`, 0},
		"same key elsewhere":  {`{"code":0,"x":{"code":1}}`, 0},
		"lone surrogate name": {`{"code":0,"first_name":"\ud800"}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseReply([]byte(test.body))
			if err != nil || got.code != test.code {
				t.Errorf("got code %d, %v, want %d", got.code, err, test.code)
			}
		})
	}
}

func TestParseReplyRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"empty":                  {``, errNotJSON},
		"white space":            {" \n", errNotJSON},
		"null":                   {`null`, errNotJSON},
		"number":                 {`0`, errNotJSON},
		"string":                 {`"code"`, errNotJSON},
		"array":                  {`[{"code":0}]`, errNotJSON},
		"HTML":                   {`<html></html>`, errNotJSON},
		"PHP warning before":     {`<br />Notice{"code":0}`, errNotJSON},
		"garbage after":          {`{"code":0}<!-- -->`, errNotJSON},
		"two objects":            {`{"code":0}{"code":0}`, errNotJSON},
		"second BOM":             {"\ufeff\ufeff" + `{"code":0}`, errNotJSON},
		"NUL after":              {"{\"code\":0}\x00", errNotJSON},
		"truncated":              {`{"code":0`, errNotJSON},
		"trailing comma":         {`{"code":0,}`, errNotJSON},
		"single quotes":          {`{'code':0}`, errNotJSON},
		"comment":                {`{"code":0/**/}`, errNotJSON},
		"leading zero":           {`{"code":00}`, errNotJSON},
		"plus":                   {`{"code":+0}`, errNotJSON},
		"published broken 4":     {publishedBroken4, errNotJSON},
		"published broken 15":    {publishedPHP, errNotJSON},
		"bad UTF-8":              {"{\"code\":0,\"first_name\":\"\xff\"}", errNotJSON},
		"bad UTF-8, unknown key": {"{\"code\":0,\"x\":\"\xc3\"}", errNotJSON},
		"UTF-16":                 {"\xff\xfe{\x00}\x00", errNotJSON},
		"duplicate code":         {`{"code":0,"code":0}`, errDuplicateKey},
		"duplicate by escape":    {`{"code":0,"\u0063ode":8}`, errDuplicateKey},
		"duplicate by case":      {`{"code":0,"Code":8}`, errDuplicateKey},
		"duplicate unknown":      {`{"code":0,"x":1,"x":1}`, errDuplicateKey},
		"duplicate below":        {`{"code":0,"x":[{"a":1,"a":1}]}`, errDuplicateKey},
		"deep arrays":            {`{"code":0,"x":` + strings.Repeat("[", 9) + strings.Repeat("]", 9) + `}`, errTooDeep},
		"deep objects":           {`{"code":0,"x":` + strings.Repeat(`{"a":`, 9) + `1` + strings.Repeat("}", 9) + `}`, errTooDeep},
		"eight levels":           {`{"code":0,"x":[[[[[[[[1]]]]]]]]}`, errTooDeep},
		"no code":                {`{}`, errNoCode},
		"Code":                   {`{"Code":0}`, errNoCode},
		"code fraction":          {`{"code":0.0}`, errCode},
		"code exponent":          {`{"code":0e0}`, errCode},
		"code minus zero":        {`{"code":-0}`, errCode},
		"code empty":             {`{"code":""}`, errCode},
		"code padded":            {`{"code":" 0"}`, errCode},
		"code zeros":             {`{"code":"00"}`, errCode},
		"code null":              {`{"code":null}`, errCode},
		"code true":              {`{"code":true}`, errCode},
		"code false":             {`{"code":false}`, errCode},
		"code array":             {`{"code":[0]}`, errCode},
		"code object":            {`{"code":{}}`, errCode},
		"code word":              {`{"code":"zero"}`, errCode},
		"code huge":              {`{"code":99999999999}`, errCode},
		"balance null":           {`{"code":0,"balance":null}`, errNumber},
		"balance word":           {`{"code":0,"balance":"much"}`, errNumber},
		"balance empty":          {`{"code":0,"balance":""}`, errNumber},
		"balance true":           {`{"code":0,"balance":true}`, errNumber},
		"balance with space":     {`{"code":0,"balance":"2 365"}`, errNumber},
		"balance with comma":     {`{"code":0,"balance":"2,5"}`, errNumber},
		"balance hex":            {`{"code":0,"balance":"0x10"}`, errNumber},
		"balance NaN":            {`{"code":0,"balance":"NaN"}`, errNumber},
		"balance bare dot":       {`{"code":0,"balance":"1."}`, errNumber},
		"balance 1e999999999":    {`{"code":0,"balance":1e999999999}`, errNumber},
		"balance 1e-999999999":   {`{"code":0,"balance":1e-999999999}`, errNumber},
		"balance 1e99":           {`{"code":0,"balance":1e99}`, errNumber},
		"balance 1e-99":          {`{"code":0,"balance":1e-99}`, errNumber},
		"balance 1e20":           {`{"code":0,"balance":100000000000000000000}`, errNumber},
		"balance -1e20":          {`{"code":0,"balance":-1e20}`, errNumber},
		"balance, 21 digits":     {`{"code":0,"balance":1.00000000000000000001}`, errNumber},
		"balance, 60,000 digits": {`{"code":0,"balance":` + strings.Repeat("9", 60_000) + `}`, errNumber},
		"balance, 21 zeros":      {`{"code":0,"balance":0.` + strings.Repeat("0", 21) + `}`, errNumber},
		"balance, tiny":          {`{"code":0,"balance":0.00000000000000000001e-1}`, errNumber},
		"p_plus null":            {`{"code":0,"p_plus":null}`, errNumber},
		"p_minus word":           {`{"code":0,"p_minus":"x"}`, errNumber},
		"name number":            {`{"code":0,"first_name":5}`, errText},
		"last name object":       {`{"code":0,"last_name":{}}`, errText},
		"text number":            {`{"code":8,"text":5}`, errText},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseReply([]byte(test.body))
			if !errors.Is(err, test.want) {
				t.Errorf("got code %d, error %v, want %v", got.code, err, test.want)
			}
		})
	}
}

func TestParseReplyNumbers(t *testing.T) {
	for written, want := range map[string]string{
		`2365`:                    "2365",
		`"2365"`:                  "2365",
		`-12`:                     "-12",
		`2365.50`:                 "2365.5",
		`"0.30000000000000004"`:   "0.30000000000000004",
		`-0`:                      "0",
		`2.0e+3`:                  "2000",
		`1E-2`:                    "0.01",
		`99999999999999999999`:    "99999999999999999999",
		`"-99999999999999999999"`: "-99999999999999999999",
	} {
		got, err := parseReply([]byte(`{"code":0,"balance":` + written + `}`))
		if err != nil || !got.hasBalance || got.balance.String() != want {
			t.Errorf("%s: got %s, %v, want %s", written, got.balance, err, want)
		}
	}
}

func TestParseReplyBoundsAndCleansTexts(t *testing.T) {
	long := strings.Repeat("я", 2000)
	body := fmt.Sprintf(`{"code":8,"first_name":"\u001b[2JАнна\u202e","last_name":%q,"text":%q}`, long, long)
	got, err := parseReply([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if got.firstName != "Анна" {
		t.Errorf("got first name %q", got.firstName)
	}
	if names, texts := len([]rune(got.lastName)), len([]rune(got.text)); names != 256 || texts != 1024 {
		t.Errorf("got %d runes of name and %d of text, want 256 and 1024", names, texts)
	}
}

func TestGuessCode(t *testing.T) {
	for body, want := range map[string]Code{
		publishedBroken4:                 4,
		publishedPHP:                     15,
		"\ufeff" + publishedPHP:          15,
		`{"code":15`:                     15,
		`{'code': '5', `:                 5,
		`{code: 9}`:                      9,
		`<br />Notice{"code":"5"}`:       5,
		`{"code":0}`:                     0,
		`{"code":10}`:                    0,
		`{"code":14`:                     0,
		`{"code":150}`:                   0,
		`{"code":1.5}`:                   0,
		`{"code":4e1}`:                   0,
		`{"first_name":"code: 5"}`:       0,
		`{"decode":5}`:                   0,
		``:                               0,
		`<html><h1>502</h1></html>`:      0,
		`{"code"}`:                       0,
		`{"code"=>}`:                     0,
		strings.Repeat(`{"code"`, 10000): 0,
	} {
		if got := guessCode([]byte(body)); got != want {
			t.Errorf("%.60q: got %d, want %d", body, got, want)
		}
	}
}

// TestParseReplyReadsWhatIsWritten writes replies in all permitted spellings.
func TestParseReplyReadsWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.IntRange(0, 20).Draw(t, "code")
		balance := decimal.New(rapid.Int64().Draw(t, "balance"), -int32(rapid.IntRange(0, 4).Draw(t, "scale")))
		name := rapid.StringOfN(rapid.RuneFrom([]rune("АннаЯ'\"\\/&<>😀x")), 0, 30, -1).Draw(t, "name")
		number := func(text string) any {
			if rapid.Bool().Draw(t, "as a string") {
				return text
			}
			return json.Number(text)
		}
		body, err := json.Marshal(map[string]any{
			"code": number(fmt.Sprint(code)), "balance": number(balance.String()), "first_name": name,
		})
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "BOM") {
			body = append([]byte("\ufeff"), body...)
		}
		got, err := parseReply(body)
		if err != nil || int(got.code) != code || !got.balance.Equal(balance) || got.firstName != name {
			t.Fatalf("%s: got code %d, balance %s, name %q, error %v", body, got.code, got.balance, got.firstName, err)
		}
	})
}

var integerZero = regexp.MustCompile(`^0$`)

// reference is a second opinion on success, on package json's own reading.
func reference(body []byte) error {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var fields map[string]any
	if err := dec.Decode(&fields); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("something after the object")
	}
	if keys := countKeys(body); keys != len(fields) {
		return fmt.Errorf("%d keys make %d fields", keys, len(fields))
	}
	if !integerZero.MatchString(fmt.Sprint(fields["code"])) {
		return fmt.Errorf("code is %v", fields["code"])
	}
	for _, key := range []string{"balance", "p_plus", "p_minus"} {
		switch value := fields[key].(type) {
		case nil:
			if _, has := fields[key]; has {
				return errors.New(key + " is null")
			}
		case json.Number, string:
			if _, err := decimal.NewFromString(fmt.Sprint(value)); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s is a %T", key, value)
		}
	}
	return nil
}

// countKeys counts the keys of the outermost object, one that occurs twice twice.
func countKeys(body []byte) int {
	dec := json.NewDecoder(bytes.NewReader(body))
	depth, outermost := 0, 0
	for {
		token, err := dec.Token()
		if err != nil {
			return outermost / 2 // keys and values took turns
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if depth == 1 {
				outermost++
			}
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		default:
			if depth == 1 {
				outermost++
			}
		}
	}
}

func FuzzReply(f *testing.F) {
	for _, seed := range []string{publishedBalance, publishedRefusal, publishedBroken4, publishedPHP, `{"code":0}`, `{"code":"0","balance":"1e5"}`,
		"\ufeff{\"code\":0}", `{"code":0,"code":0}`, `{"code":0,"x":[{"y":[[]]}]}`, `null`, `{}`, `[]`, `{"code":-0}`, `{"code":0,"balance":null}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		guess := guessCode(body)
		if guess != 0 && !guess.Documented() {
			t.Fatalf("guessed %d", guess)
		}
		got, err := parseReply(body)
		if err != nil {
			return
		}
		for _, text := range []string{got.firstName, got.lastName, got.text} {
			if strings.ContainsFunc(text, unsafeRune) {
				t.Fatalf("unsafe text %q", text)
			}
		}
		if got.code != CodeSuccess {
			return
		}
		if err := reference(body); err != nil {
			t.Fatalf("%q counts as a success, but: %v", body, err)
		}
		if limit := decimal.New(1, 20); !got.balance.Abs().LessThan(limit) {
			t.Fatalf("absurd balance %s", got.balance)
		}
	})
}

func BenchmarkParseReply(b *testing.B) {
	body := []byte(publishedBalance)
	for b.Loop() {
		if _, err := parseReply(body); err != nil {
			b.Fatal(err)
		}
	}
}
