// Reads points for a run, and makes tables that have one more column than the points.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/text_points.h"
#include "apps/config/config.h"
#include "apps/flows/answers.h"
#include "apps/formats/npy.h"
#include "apps/formats/npy_rows.h"
#include "apps/requests.h"
#include "apps/run/table_code.h"

namespace pushforward::app {

// Points, their classes if the file has the column of classes of the run's table, and their
// conditions (N, C) if the run has conditions. The points have all other columns.
struct RunPoints {
  NdArray points;
  std::vector<int> labels{};
  std::vector<double> conditions{};
  std::shared_ptr<const ArrayBytes>
      text{};  // the content of a file of text, since a pipe is read once
};

// Reads a file of points for the run in the folder `run`, and reports it. If the run's table has
// typed columns, a table of text is read by the kinds of its columns, which are chosen by name if
// the file has names. Throws Failure (exit 4) with `verb` in its message, or FileError.
RunPoints read_labelled_points(const std::string& run, const std::string& path,
                               const std::string& verb);

// Reads the conditions (N, C) of the run from a table of text or an NPY file. A file with names may
// have other columns, which are not read. A file without names has just the conditions, in the
// run's order. Throws as read_labelled_points does, and Failure (exit 2) if the run has no
// conditions.
std::vector<double> read_conditions(const std::string& run, const std::string& path);
// Throws Failure (exit 2) if `option` gives conditions to a run of tokens or to an exact field.
void check_takes_conditions(const Config& config, const RunRequest& request,
                            const std::string& option);
// Returns the conditions (1, C) that a text such as "species=Adelie,year=2008" gives. Throws as
// given_row does, and Failure (exit 2) if the run has no conditions or the text lacks one.
std::vector<double> given_conditions(const std::string& run, const std::string& text);

// Reads latents of the run and, if the run has conditions, those of each latent: the columns that
// `encode` writes, latents first. Throws as read_labelled_points does.
RunPoints read_latents(const std::string& run, const std::string& path);
// Returns latents of the run with their conditions after them, if it has some.
NdArray latents_with_conditions(const std::string& run, NdArray latents,
                                const std::vector<double>& conditions);

// Returns points of the run with the columns of its conditions, `each` points for one row of
// conditions. A run without conditions has the points alone.
NdArray with_conditions(const std::string& run, NdArray points,
                        const std::vector<double>& conditions, std::size_t each = 1);

// Opens points that can be read block by block, so that memory does not grow with their number: an
// NPY file of plain columns (NpyRows), for a run of continuous data in flat space without
// conditions, while the `outputs` ("": none) are files. Returns nothing for other points. All numbers are
// read once to check that they are finite: throws Failure (exit 4) "[verb] ..." that names the row and
// the column if one is not.
std::optional<NpyRows> open_point_blocks(const Config& config, const std::string& run,
                                         const std::string& path,
                                         const std::vector<std::string>& outputs,
                                         const std::string& verb);

// Computes what a verb writes of the points of `table` (without rows), which it takes by `next` and gives
// to `take` block by block.
using MoveBlocks =
    std::function<Moved(const NdArray& table, const NextPoints& next, const TakeRows& take)>;
// Reports the file of the points, gives its blocks to `move` and writes what that computes into the file
// `out`, with a progress bar. Returns the notes of `move`. Throws Failure (exit 4) "[verb] ..." if a point
// is not finite.
std::vector<std::string> write_blocks_of(const std::string& verb, NpyRows points,
                                         const std::string& out, const MoveBlocks& move);

// Reads rows as read_labelled_points does, except that cells may be missing, and so may columns if
// the file has names. Missing cells are NaN. The class of a row must not be missing.
RunPoints read_incomplete_points(const std::string& run, const std::string& path,
                                 const std::string& verb);

// Returns the table of text that was read from `path` as cells, with all columns of the file
// (cells_of_points), or nothing for an NPY file. Throws as read_labelled_points does.
std::optional<PointsCells> read_as_text(const std::string& run, const std::string& path,
                                        const RunPoints& read);
// Returns the column of the file that each column of the points has, or nothing for a column that the
// file lacks. The points have the columns of the flow, or also those of the conditions.
std::vector<std::optional<std::size_t>> columns_in_file(const std::string& run,
                                                        const PointsCells& file,
                                                        const NdArray& points);

// Returns one row with the values of `text`, such as "species=Adelie,year=2008", and without other
// columns. Columns without names have numbers from 0. A value with a comma stands in double quotes.
// Throws Failure (exit 2) if a part of the text is no assignment to a column of the run's data, or
// if a column is assigned twice. Throws Failure (exit 4) if a value is not valid for its column.
RunPoints given_row(const std::string& run, const std::string& text);

// Returns the table with `column` (N) inserted as column number `at`. If the table has names of
// columns, the new column gets `name`.
NdArray with_column(NdArray table, const NdArray& column, const std::string& name, std::size_t at);

}  // namespace pushforward::app
