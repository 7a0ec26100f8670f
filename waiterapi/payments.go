package waiterapi

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// namespace is what the ids of wallets and payment types are derived in: UUIDv5 of it and "skidkassa/<vendor>/<what>". They stay
// the same for a shop across restarts and machines, whatever its system is called, so neither this nor the names may ever change.
var namespace = uuid.MustParse("3d2f9a54-7c1b-4e68-a0d7-5b8e61c4f923")

func shopID(vendor int64, what string) uuid.UUID {
	return uuid.NewSHA1(namespace, fmt.Appendf(nil, "skidkassa/%d/%s", vendor, what))
}

// WalletID is the id of the points wallet of a shop's guests.
func WalletID(vendor int64) uuid.UUID { return shopID(vendor, "wallet") }

// PaymentType is a way to pay that the administrator enters in the POS.
type PaymentType struct {
	Name   string
	System string
	ID     uuid.UUID
}

// String is the line of a payment type in the published shape (PROTOCOLS.md, section 2).
func (p PaymentType) String() string { return fmt.Sprintf("%s (%s) - (%s).", p.Name, p.System, p.ID) }

// PaymentTypes lists a shop's payment types: points, and a deposit when its name is not empty.
func PaymentTypes(system string, vendor int64, deposit string) []PaymentType {
	types := []PaymentType{{Name: "Bonuses", System: system, ID: shopID(vendor, "bonuses")}}
	if deposit != "" {
		types = append(types, PaymentType{Name: deposit, System: system, ID: shopID(vendor, "deposit")})
	}
	return types
}

// PaymentTypesText is the list as it is logged at start, for the administrator to copy (PROTOCOLS.md, section 2). Its lines end
// without a line feed after the last.
func PaymentTypesText(system string, types []PaymentType) string {
	lines := []string{system + " payment types:"}
	for _, t := range types {
		lines = append(lines, t.String())
	}
	return strings.Join(lines, "\n")
}
