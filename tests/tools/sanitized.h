// Says whether the address sanitizer watches the tests, which makes the engine several times slower.
#pragma once

namespace pushforward {

// Tests that compare many samples with a distribution draw fewer of them with the sanitizer, which
// looks for wrong accesses to memory and not for wrong distributions.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace pushforward
