// The C++ part of the comparison with PyTorch (torch_nn.py). It trains or loads a small velocity
// network and writes its velocities, or loads a transformer and writes its logits and gradients.
//   torch_nn train MODEL POINTS      trains, writes MODEL (safetensors) and POINTS (x, y, t, u, v)
//   torch_nn evaluate MODEL POINTS   loads MODEL and writes POINTS
//   torch_nn learned|rotary MODEL LOGITS   loads MODEL, a transformer with these positions, and writes
//                                          LOGITS and LOGITS.gradients (safetensors)
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "autograd/sweep.h"
#include "autograd/tensor/random_fill.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/networks/token_network.h"
#include "nn/networks/velocity.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

void train(const Velocity& net, Parameters& parameters) {
  parameters.initialise({1, Purpose::init});
  TrainerOptions options;
  options.optimizer.lr = 1e-2;
  Workers workers(2);
  Trainer trainer(parameters, options, workers);
  for (int k = 0; k < 200; ++k) {
    trainer.step(256, [&](Tape& tape, RowRange rows) {
      const Stream stream{2, Purpose::noise, static_cast<std::uint32_t>(k)};
      const auto first = static_cast<std::uint32_t>(rows.first);
      std::span<real> x0, t;
      const Var v0 = tape.uninitialised({rows.count, 2}, x0);
      const Var vt = tape.uninitialised({rows.count, 1}, t);
      fill_normal(stream, first, rows.count, 2, x0.data());
      fill_uniform(stream.with(Purpose::time), first, rows.count, 1, t.data());
      const Var x1 = sin(3 * v0);  // any function that is not linear would do
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

// Writes the logits of three sequences and the gradients of their cross-entropy.
int transformer(const char* positions_name, const std::string& model, const std::string& logits) {
  TokenOptions o;
  o.kind = TokenNetworkKind::transformer;
  o.length = 5;
  o.vocabulary = 6;
  o.states = 7;
  o.classes = 2;
  o.label_dim = 4;
  o.width = 16;
  o.heads = 4;
  o.blocks = 2;
  o.mlp_ratio = 2;
  o.positions = positions_named(positions_name);
  TokenNetwork net(o);
  Parameters parameters(net);
  load_model(posix(), model, parameters);
  std::vector<int> states(15), targets(15);
  for (int k = 0; k < 15; ++k) states[k] = (5 * k + 3) % 7, targets[k] = (5 * k + 1) % 6;
  Tape tape;
  const Var t = tape.input({3, 1}, {real(0.125), real(0.5), real(0.75)});
  const Var y = reshape(net(states, t, std::vector<int>{0, -1, 1}), {15, 6});
  std::FILE* file = std::fopen(logits.c_str(), "w");
  check(file != nullptr, "torch_nn", "cannot write ", logits);
  for (int r = 0; r < 15; ++r)
    for (int v = 0; v < 6; ++v)
      std::fprintf(file, "%.17g%c", double(y.values()[r * 6 + v]), v == 5 ? '\n' : ',');
  std::fclose(file);
  const Var loss = -mean(pick_cols(log_softmax(y), targets));
  FlatArray gradients(parameters.size());
  for (const Parameter* p : parameters.list()) {
    const Var g = grad(loss, p->on(tape));
    std::ranges::copy(g.values(), parameters.part(*p, std::span<real>(gradients)).begin());
  }
  save_model(posix(), logits + ".gradients", parameters, gradients);
  return 0;
}

int run(const char* verb, const char* model, const char* points) {
  if (std::strcmp(verb, "learned") == 0 || std::strcmp(verb, "rotary") == 0)
    return transformer(verb, model, points);
  Velocity net(
      {.hidden = {64, 64, 64},
       .input = {.kind = InputKind::fourier, .dim = 16, .scale = 0.3, .octaves = 2, .blur = 2},
       .time = {.kind = TimeKind::fourier, .dim = 8}});
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
    std::fprintf(stderr, "torch_nn train|evaluate|learned|rotary MODEL OUTPUT\n");
    return 2;
  }
  try {
    return pushforward::run(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
