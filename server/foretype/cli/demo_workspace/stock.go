package stock

import "fmt"

// Shelf holds articles and how many of each there are.
type Shelf struct {
	quantities map[string]int
}

// NewShelf makes an empty shelf.
func NewShelf() *Shelf {
	return &Shelf{quantities: make(map[string]int)}
}

// Put adds to what there is of an article.
func (s *Shelf) Put(article string, quantity int) error {
	if quantity <= 0 {
		return fmt.Errorf("quantity must be positive, not %d", quantity)
	}
	s.quantities[article] += quantity
	return nil
}

// Take removes from what there is of an article.
func (s *Shelf) Take(article string, quantity int) error {
	if quantity <= 0 {
		return fmt.Errorf("quantity must be positive, not %d", quantity)
	}
	if s.quantities[article] < quantity {
		return fmt.Errorf("only %d of %s left", s.quantities[article], article)
	}
	s.quantities[article] -= quantity
	return nil
}
