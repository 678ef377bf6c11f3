// Reports the user's files that a verb (a command of the program, such as `eval`) has read: one
// line for each file, and warnings.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/json/json.h"
#include "apps/tables/arrays.h"

namespace pushforward::app {

// The report of one file.
struct FileReport {
  std::string line;  // "read f.csv: 3 rows, 2 columns: ..."
  std::vector<std::string> warnings;
  Json object;  // the report as JSON; `add` appends the warnings to it
  // The key of the config that names the file, such as "/data/path"; empty: none does.
  std::string key = {};
};

// Returns the report of a table that was read from a file.
FileReport table_report(const NdArray& table);

// The destination of reports: stderr at once, the verb's JSON, or nowhere.
enum class ReportsTo { nowhere, people, json };

// Receives a report of each file that this process reads, and prints it, keeps it for the output of
// --json, or drops it. All code uses the one object that files_read() returns, because files are
// read deep inside the engine. A process runs one verb, so all reports belong to that verb.
class FilesRead {
 public:
  // Sets the destination of reports. Before this call they go nowhere.
  void send_to(ReportsTo where) { where_ = where; }
  void send_to(bool json, bool quiet = false) {
    send_to(json ? ReportsTo::json : quiet ? ReportsTo::nowhere : ReportsTo::people);
  }
  // Adds a report. A second report of the same file is ignored. Pass `warnings` = false for points
  // that are not training data, because the warnings are about training data.
  void add(const FileReport& report, bool warnings = true);
  // Returns whether the warnings of files go anywhere.
  bool heard() const { return where_ != ReportsTo::nowhere; }
  // Returns the reports that go to JSON. They are the value of "read" in a verb's JSON.
  const Json& json() const { return objects_; }
  // Returns the last report, as JSON, of the file that this key of the config names, or null.
  Json of_key(const std::string& key) const;
  // Reports are kept by this key instead of their own, unless it is empty: see ReportsOfOtherFile.
  void keep_by(std::string key) { key_ = std::move(key); }

 private:
  ReportsTo where_ = ReportsTo::nowhere;
  std::vector<std::string> lines_;
  Json objects_ = Json::array();
  std::map<std::string, Json> by_key_;  // also of reports that go nowhere
  std::string key_;
};
FilesRead& files_read();

// While an object exists, a section of data reads another file in the place of its own, such as that
// of held-out rows. The report of the other file is that of `key`, and the report of its own file stays
// the one of its key.
class ReportsOfOtherFile {
 public:
  explicit ReportsOfOtherFile(std::string key) { files_read().keep_by(std::move(key)); }
  ~ReportsOfOtherFile() { files_read().keep_by(""); }
  ReportsOfOtherFile(const ReportsOfOtherFile&) = delete;
  ReportsOfOtherFile& operator=(const ReportsOfOtherFile&) = delete;
};

// Reads a file of points as a table (tables/arrays.h) and reports it. Throws Failure (exit 4), with
// `verb` in its message, or FileError.
NdArray read_points(const std::string& path, const std::string& verb);
// Does the same with the content of the file.
NdArray read_points(const ArrayBytes& content, const std::string& path, const std::string& verb);

}  // namespace pushforward::app
