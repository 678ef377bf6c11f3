// Includes Catch2 in version 2 (Debian 12) or 3.
#pragma once
#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
using Catch::Matchers::Contains;
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
// Version 3 has another name for this matcher.
inline auto Contains(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }
#endif
