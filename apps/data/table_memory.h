// What a run remembers about a table of text that it was trained on, so that its file is read in the
// same way later and nothing about it is guessed again.
#pragma once

#include <string>

#include "apps/json/json.h"
#include "apps/report/files_read.h"
#include "apps/tables/typed_csv.h"

namespace pushforward::app {

// The report of a table (files_read.h) with what a run remembers of it: the keys of its columns, the
// values of its categories, and its classes. `key` is the key of the config that names its file.
FileReport remembered_report(const TypedTable& read, const std::string& key);

// Returns the memory of the file of a csv section (config/file_memory.h), or null. Its member "holdout",
// if there is one, is that of the file of held-out rows.
Json memory_of(const Json& section);

// Returns whether the report of a file (files_read.h) is such a memory: one of a table of text.
// Throws std::runtime_error if it is damaged.
bool is_table_memory(const Json& report);

// Sets the layout in `options` to that of the memory where the config leaves it open: separator,
// decimal sign and place of the names. If the member "changed" of the memory is true, the file is
// another one than that of the training; then columns are taken by their names, in the order of the
// training.
void remember_layout(const Json& memory, CsvOptions& options);

// Sets the kinds of columns, the values of categories and the classes to those of the memory, except
// for columns whose kind the config gives.
void remember_kinds(const Json& memory, TypedCsvOptions& options);

// Throws Failure (exit 4) if the same file now has another number of rows than in the training, as it
// may with another version of the program.
void check_rows_remembered(const Json& memory, const NdArray& table);

}  // namespace pushforward::app
