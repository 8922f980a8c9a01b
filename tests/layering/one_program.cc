// Does nothing, because the test is that this program links. It holds every archive of
// the product as a whole, and two definitions of one symbol fail the link.
int main() { return 0; }
