// Nothing: the target of this source holds the precompiled Catch2 header that the tests share.
