// Entry point of every mahi_<folder>_link program; the work is done by the linker.
int main() { return 0; }
