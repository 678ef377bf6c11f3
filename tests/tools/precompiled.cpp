// This program does nothing. Its target has the precompiled Catch2 header that the tests share.
int main() {}
