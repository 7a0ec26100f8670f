package orders

import "context"

// CheckPay gives what [Book.Pay] would refuse this payment with if it were made now, and takes and writes nothing: a cashier
// who asks first learns why the order cannot be closed before the money is in the drawer. nil means that nothing stands in
// the way now.
//
// Errors: those of [Book.Pay].
func (b *Book) CheckPay(ctx context.Context, in PayOrder) error {
	in.Cashier = shortened(text(in.Cashier))
	_, err := b.payment(ctx, in)
	return err
}
