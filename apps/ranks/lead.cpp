#include "apps/ranks/lead.h"

#include <fmt/format.h>

#include <string>

#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/report/files_read.h"
#include "nn/training/trainer.h"

namespace pushforward::app {
namespace {

template <class Number>
void broadcast_number(Ranks& ranks, Number& number) {
  ranks.broadcast(0, std::as_writable_bytes(std::span(&number, 1)));
}

std::string broadcast_text(Ranks& ranks, std::string text) {
  std::int64_t size = static_cast<std::int64_t>(text.size());
  broadcast_number(ranks, size);
  text.resize(static_cast<std::size_t>(size));
  ranks.broadcast(0, std::as_writable_bytes(std::span(text.data(), text.size())));
  return text;
}

}  // namespace

Lead::~Lead() {
  if (owes_) {
    ranks_->abandon();
    return;
  }
  try {
    give(Order::end);
  } catch (const TrainingInterrupted&) {  // a process has ended: mpirun ends the others
  }
}

void Lead::give(Order order) {
  if (ranks_) broadcast_number(*ranks_, order);
}

void Lead::step(bool promised) {
  if (!promised) give(Order::step);
  owes_ = false;
}

void Lead::begin(const Config& config, int threads) {
  if (!ranks_) return;
  give(Order::begin);
  broadcast_text(*ranks_, config.dump());
  broadcast_text(*ranks_, data_record(config).dump());
  broadcast_number(*ranks_, threads);
}

std::optional<SharedTraining> await_training(Ranks& ranks) {
  files_read().send_to(ReportsTo::nowhere);  // process 0 prints the reports
  Order order = Order::end;
  broadcast_number(ranks, order);
  if (order == Order::end) return std::nullopt;
  const Config config =
      parse_config(broadcast_text(ranks, ""), "the config of process 0", {}, {.earlier_run = true});
  const std::string data = broadcast_text(ranks, "");
  int threads = 0;
  broadcast_number(ranks, threads);
  if (const std::string own = data_record(config).dump(); own != data)
    throw Failure(
        Exit::file,
        fmt::format("[mpi] process {} reads other data files than process 0: {} instead of "
                    "{}; give all machines the same files",
                    ranks.rank(), own, data));
  return SharedTraining{config, threads};
}

}  // namespace pushforward::app
