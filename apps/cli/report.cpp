// `pushforward report`: writes one HTML file about a run, which opens without a network.
#include <memory>
#include <string>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/recording/html.h"
#include "apps/recording/record.h"
#include "apps/run/config.h"
#include "apps/run/folder.h"
#include "apps/run/summary.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

std::string fault_of_html_name(const std::string& name) {
  if (name.ends_with(".html") || name.ends_with(".htm")) return "";
  return "\"" + name + "\" is no name of an HTML file; end it in .html";
}

// Throws Failure (exit 4) if the file exists and is no report, so that no other page is lost.
void check_replaced_file(const std::string& path) {
  const FileStatus status = read_status(posix(), path);
  if (status.kind != FileKind::regular || status.size == 0) return;
  if (!read_file(posix(), path).starts_with(kReportMark))
    throw Failure(Exit::file, "[report] " + path +
                                  " exists and is no report of this program, so it is not "
                                  "replaced; remove it, or choose another name with --out");
}

int write_report(const ReportRequest& request) {
  const std::string run = existing_run(request.run).folder;
  const std::string path = request.out.empty() ? join_path(run, "report.html") : request.out;
  check_files({{"the report", path, FileUse::writes}});
  check_replaced_file(path);
  const Config config = locate_data(load_run_config(run), run, ChangedData::warn, tell_line);
  ReportRequest asked = request;
  take_condition(config, asked);
  const std::string html = report_html(record_run(config, asked));
  write_file_atomically(posix(), path, html);
  tell("{} ({}): open it in a browser", path, size_words(html.size()));
  return 0;
}

Action declare_report(Options& options) {
  auto request = std::make_shared<ReportRequest>();
  add_solver(options, *request);
  add_condition(
      options, *request,
      "show p(other columns | these values of the columns that the run is conditioned on), "
      "beside the rows of the data that are nearest to them");
  add_number(options, request->n, 2, 100'000,
             "number of samples that the page shows (default: as many as make it about 2 MB)");
  add_seed(options, request->seed, "seed of the samples");
  add_output(options, "--out", request->out, "the HTML file (default: RUN/report.html)")
      .check(fault_of_html_name);
  request->arguments = options.command_line();
  return [request] { return write_report(*request); };
}

}  // namespace

const Verb report_verb{
    "report", "write one HTML file about a run: its curves, samples, flow, numbers and tape",
    "pushforward report runs/moons\n"
    "  pushforward report runs/moons --solver euler --steps 4 --out four_steps.html",
    declare_report};

}  // namespace pushforward::app
