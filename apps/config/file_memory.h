// The place in the config of a run for what the run remembers of a data file.
#pragma once

namespace pushforward::app {

// A member of a data section that is no setting: the text of a JSON object, which tells how the file
// of the section (of a section of tokens, the file of its key held_out) was read when the run was trained on it (apps/data/table_memory.h). It is only in
// the config that locate_data returns (apps/data/run_data.h).
inline constexpr const char* kFileMemory = "read";

}  // namespace pushforward::app
