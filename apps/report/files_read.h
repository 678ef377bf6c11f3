// What a verb says of the user's files that it read: of each file one line, and its warnings.
#pragma once

#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/json/json.h"

namespace pushforward::app {

// What is said of one file.
struct FileReport {
  std::string line;  // "read f.csv: 3 rows, 2 columns: ..."
  std::vector<std::string> warnings;
  Json object;  // the same for programs; the warnings are added to it
};

// Returns the report of a table that was read from a file.
FileReport table_report(const NdArray& table);

// Where reports go: to stderr as they come, into the verb's JSON, or nowhere.
enum class ReportsTo { nowhere, people, json };

// The reports of a process, which runs one verb. Files are read deep inside the engine, so this is the
// one place that a verb asks, as stderr is one place.
class FilesRead {
 public:
  // Says where reports go; before that they go nowhere. json: to `json()`; quiet: nowhere.
  void send_to(ReportsTo where) { where_ = where; }
  void send_to(bool json, bool quiet = false) {
    send_to(json ? ReportsTo::json : quiet ? ReportsTo::nowhere : ReportsTo::people);
  }
  // Takes a report. The same report again, of a file that is read twice, is passed over. Points that
  // a verb is asked about need no `warnings` of what would be wrong with data.
  void add(const FileReport& report, bool warnings = true);
  // The objects of all reports, if they go there: the value of "read" in a verb's JSON.
  const Json& json() const { return objects_; }

 private:
  ReportsTo where_ = ReportsTo::nowhere;
  std::vector<std::string> lines_;
  Json objects_ = Json::array();
};
FilesRead& files_read();

// Reads a file of points as a table (formats/arrays.h) and reports it. Throws Failure (exit 4), with
// `verb` in its message, or FileError.
NdArray read_points(const std::string& path, const std::string& verb);

}  // namespace pushforward::app
