// Bytes as text in base64, which a page decodes with atob.
#pragma once

#include <string>
#include <string_view>

namespace pushforward::app {

// Returns the bytes in base64, with the signs = at the end that make its length a multiple of 4.
std::string base64(std::string_view bytes);

}  // namespace pushforward::app
