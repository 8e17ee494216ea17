export interface CartItem {
  article: string;
  quantity: number;
  unitPrice: number;
}

export class Cart {
  private items: CartItem[] = [];

  constructor(private readonly customer: string) {}

  add(article: string, quantity: number, unitPrice: number): void {
    if (quantity <= 0) {
      throw new RangeError(`quantity must be positive, not ${quantity}`);
    }
    this.items.push({ article, quantity, unitPrice });
  }

  remove(article: string): void {
    this.items = this.items.filter((item) => item.article !== article);
  }

  total(): number {
    return this.items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0);
  }

  count(): number {
    return this.items.reduce((sum, item) => sum + item.quantity, 0);
  }
}
