// The program of this source does nothing: its target holds the precompiled Catch2 header that the tests share.
int main() {}
