// The processes that share the steps of a training or the rows of a computation, such as those that
// mpirun starts.
#pragma once

#include <cstddef>
#include <span>

#include "autograd/tensor/cpp20.h"

namespace pushforward {

// A group of processes with the numbers ("ranks") 0 to count() - 1. A function returns when the other
// processes that it concerns have called theirs. It may throw TrainingInterrupted after a signal;
// the group then cannot be used any more.
class Ranks {
 public:
  virtual ~Ranks() = default;
  virtual int rank() const = 0;
  virtual int count() const = 0;

  // `send` gives bytes to process `to`, which calls `receive` for as many bytes from this process.
  virtual void send(int to, std::span<const std::byte> bytes) = 0;
  virtual void receive(int from, std::span<std::byte> bytes) = 0;
  // Sets `bytes` in each process to those of process `from`. All processes call it.
  virtual void broadcast(int from, std::span<std::byte> bytes) = 0;
  // Sends each process a part of `outgoing`, and sets `incoming` to the parts that all processes send
  // to this one. The parts follow one another in the order of the processes. Their sizes are
  // out_sizes and in_sizes, one for each process, and 0 for this one. All processes call it.
  virtual void exchange(std::span<const std::byte> outgoing, std::span<const std::size_t> out_sizes,
                        std::span<std::byte> incoming, std::span<const std::size_t> in_sizes) = 0;
  // Sets each part of `all` to that of the process with the part's number. The sizes of the parts,
  // one for each process, are the same in all processes. All processes call it.
  virtual void gather(std::span<std::byte> all, std::span<const std::size_t> sizes) = 0;
  // Says that this process will not take part any more, although others may wait for it. They are
  // then ended when this process ends.
  virtual void abandon() {}
};

}  // namespace pushforward
