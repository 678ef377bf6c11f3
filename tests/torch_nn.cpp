// The C++ half of the PyTorch test (torch_nn.py): trains a small velocity network, or loads one,
// and writes its velocities.
//   torch_nn train MODEL POINTS      trains, writes MODEL (safetensors) and POINTS (x, y, t, u, v)
//   torch_nn evaluate MODEL POINTS   loads MODEL, writes POINTS
#include <cstdio>
#include <cstring>

#include "autograd/random_fill.h"
#include "nn/checkpoint.h"
#include "nn/velocity.h"

namespace pushforward::inline PF_REAL {
namespace {

void train(const Velocity& net, Parameters& parameters) {
  parameters.initialise({1, Purpose::init});
  TrainerOptions options;
  options.optimizer.lr = 1e-2;
  Workers workers(2);
  Trainer trainer(parameters, options, workers);
  for (int k = 0; k < 200; ++k) {
    trainer.step(256, [&](Tape& tape, Rows rows) {
      const Stream stream{2, Purpose::noise, static_cast<std::uint32_t>(k)};
      const auto first = static_cast<std::uint32_t>(rows.first);
      std::span<real> x0, t;
      const Var v0 = tape.uninitialised({rows.count, 2}, x0);
      const Var vt = tape.uninitialised({rows.count, 1}, t);
      fill_normal(stream, first, rows.count, 2, x0.data());
      fill_uniform(stream.with(Purpose::time), first, rows.count, 1, t.data());
      const Var x1 = sin(3 * v0);  // anything that a network must bend for
      const Var displacement = x1 - v0;
      return mse(net(v0 + broadcast_cols(vt, 2) * displacement, vt), displacement);
    });
  }
}

void write_points(const Velocity& net, const char* path) {
  const int n = 500;
  Tensor x({n, 2}), t({n, 1});
  fill_normal({3, Purpose::noise}, 0, n, 2, x.data());
  fill_uniform({3, Purpose::time}, 0, n, 1, t.data());
  Tape tape;
  const Var u = net(tape.input(x.shape(), x.values()), tape.input(t.shape(), t.values()));
  std::FILE* file = std::fopen(path, "w");
  check(file != nullptr, "torch_nn", "cannot write ", path);
  for (int r = 0; r < n; ++r) {
    const auto out = u.values().subspan(2 * static_cast<std::size_t>(r), 2);
    std::fprintf(file, "%.17g,%.17g,%.17g,%.17g,%.17g\n", double(x(r, 0)), double(x(r, 1)),
                 double(t(r, 0)), double(out[0]), double(out[1]));
  }
  std::fclose(file);
}

int run(const char* verb, const char* model, const char* points) {
  Velocity net({.hidden = {64, 64, 64}});
  Parameters parameters(net);
  if (std::strcmp(verb, "train") == 0) {
    train(net, parameters);
    save_model(posix(), model, parameters, parameters.values());
  } else {
    load_model(posix(), model, parameters);
  }
  write_points(net, points);
  return 0;
}

}  // namespace
}  // namespace pushforward::inline PF_REAL

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "torch_nn train|evaluate MODEL POINTS\n");
    return 2;
  }
  try {
    return pushforward::run(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
