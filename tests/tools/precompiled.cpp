// This program does nothing. Its target builds the precompiled Catch2 header that the tests share.
int main() {}
