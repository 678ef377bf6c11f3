// Finds the arrays in an NPZ file, which numpy.savez and savez_compressed write: a ZIP archive of NPY
// files.
#pragma once

#include <string>
#include <string_view>

namespace pushforward::app {

// Returns whether the bytes begin like a ZIP archive.
bool is_zip(std::string_view bytes);

// Returns the bytes of the NPY file of the array `name`, or of the only array if `name` is empty.
// `file` names the archive in errors. Throws Failure (exit 4) "[npz] <file>: ..." if there is no such
// array, if there are several and none is named, or if the archive is damaged or encrypted.
std::string npz_member(std::string_view bytes, const std::string& file, const std::string& name);

}  // namespace pushforward::app
