package printer

// The control characters that ESC/POS commands begin with.
const (
	eot = 0x04
	lf  = 0x0A
	dle = 0x10
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
)

// dotsPerColumn is the width of a character in the printer's own font A.
const dotsPerColumn = 12

// tearRows are fed before a cut on narrow paper: most 58 mm printers have no knife, and what was printed last would stay
// under the cover.
const tearRows = 3

// encode lays a document out and writes it as ESC/POS. Only the commands that every maker has are used, so that a printer
// of unknown make prints the same. Fails with [ErrDocument].
func (l layout) encode(doc Doc) ([]byte, error) {
	if err := doc.validate(); err != nil {
		return nil, err
	}
	data := []byte{
		esc, '@', // forget what was set before
		fs, '.', // out of the Chinese mode that cheap printers start in, where every two Cyrillic letters are one sign
		esc, 't', l.page.selector(),
	}
	style := Plain
	for _, row := range l.rows(doc) {
		switch row.kind {
		case lineQR:
			data = l.appendQR(data, row.text)
		case lineCut:
			data = l.appendCut(data)
		default:
			data = appendStyle(data, style, row.style)
			style = row.style
			data = append(l.page.encode(data, row.text), lf)
		}
	}
	return data, nil
}

// appendStyle changes from one style to another.
func appendStyle(data []byte, from, to Style) []byte {
	if (from == Plain) != (to == Plain) {
		data = append(data, esc, 'E', bit(to != Plain))
	}
	if (from == Double) != (to == Double) {
		data = append(data, gs, '!', 0x11*bit(to == Double)) // width and height by two
	}
	return data
}

func bit(on bool) byte {
	if on {
		return 1
	}
	return 0
}

func (l layout) appendCut(data []byte) []byte {
	if l.columns <= 32 {
		data = append(data, esc, 'd', tearRows)
	}
	return append(data, gs, 'V', 'B', 0) // feed to the knife and cut, but for one point
}

// appendQR lets the printer draw a QR in the middle: model 2, correction level M (Epson's ESC/POS reference, GS ( k).
func (l layout) appendQR(data []byte, payload string) []byte {
	data = append(data, esc, 'a', 1)
	data = appendSymbol(data, 'A', '2', 0)
	data = appendSymbol(data, 'C', l.moduleDots(len(payload)))
	data = appendSymbol(data, 'E', '1')
	data = appendSymbol(data, 'P', append([]byte{'0'}, payload...)...)
	data = appendSymbol(data, 'Q', '0')
	return append(data, lf, esc, 'a', 0)
}

// appendSymbol is GS ( k for QR codes: its length counts the symbology ('1') and the function too.
func appendSymbol(data []byte, function byte, parameters ...byte) []byte {
	length := len(parameters) + 2
	data = append(data, gs, '(', 'k', byte(length), byte(length>>8), '1', function)
	return append(data, parameters...)
}

// qrCapacity is how many bytes fit into versions 1 to 18 of a QR at correction level M (ISO/IEC 18004, table 7).
var qrCapacity = [...]int{14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560}

// The sizes of a QR's module in dots: below the least, telephones do not read it; above the greatest, it wastes paper.
const (
	leastModuleDots    = 2
	greatestModuleDots = 6
)

// moduleDots is the greatest size of a module with which the QR and its quiet zone of four modules fit the paper.
func (l layout) moduleDots(payloadBytes int) byte {
	version := 1
	for version < len(qrCapacity) && qrCapacity[version-1] < payloadBytes {
		version++
	}
	modules := 17 + 4*version + 8
	return byte(min(max(l.columns*dotsPerColumn/modules, leastModuleDots), greatestModuleDots))
}
