// The tables behind the names: activations, time features,
// conditions, networks, positions, optimizers, schedules.
#include "nn/layers/activation.h"
#include "nn/networks/token_options.h"
#include "nn/networks/velocity_options.h"
#include "nn/training/optimizer_options.h"
#include "nn/training/schedule.h"

namespace pushforward {
namespace {

constexpr Choice kActivations[] = {
    {"silu", "x sigmoid(x), also called swish"},
    {"gelu", "x Phi(x), Phi the normal distribution function"},
    {"relu", "max(x, 0)"},
    {"tanh", "hyperbolic tangent"},
    {"softplus", "log(1 + exp(x))"},
    {"sigmoid", "1 / (1 + exp(-x))"},
    {"selu", "1.0507 x above 0, 1.7581 (exp(x) - 1) below"},
};
constexpr Choice kTimes[] = {
    {"raw", "the time itself, one column"},
    {"sinusoidal", "cosines and sines of geometrically spaced frequencies"},
    {"fourier", "cosines and sines of random frequencies, drawn once"},
    {"learned_fourier", "the same with frequencies that are trained"},
};
constexpr Choice kConditions[] = {
    {"concat", "time features and label are further inputs of the first layer"},
    {"film", "time features and label scale and shift every hidden layer"},
};
constexpr Choice kNetworks[] = {
    {"mlp", "linear layers with activations in between"},
    {"res_mlp", "residual blocks with layer norm, all of one width"},
};
constexpr Choice kTokenNetworks[] = {
    {"token_mlp", "tokens embedded side by side, linear layers with activations in between"},
    {"transformer", "attention between all positions, scaled and shifted by time and label"},
};
constexpr Choice kPositions[] = {
    {"learned", "a vector for each position, added to its token's"},
    {"rotary",
     "queries and keys turned by angles that grow with the position: only distances count"},
};
constexpr Choice kOptimizers[] = {
    {"sgd", "gradient descent, with momentum and Nesterov's look-ahead if asked"},
    {"adam", "moments of the gradient; weight decay is part of the gradient"},
    {"adamw", "moments of the gradient; weight decay acts on the weights"},
};
constexpr Choice kSchedules[] = {
    {"constant", "the same rate at every step"},
    {"linear", "down a straight line to the final rate"},
    {"cosine", "down half a cosine to the final rate"},
    {"step", "times gamma every so many steps"},
};

}  // namespace

std::span<const Choice> activations() { return kActivations; }
std::span<const Choice> time_features() { return kTimes; }
std::span<const Choice> conditions() { return kConditions; }
std::span<const Choice> networks() { return kNetworks; }
std::span<const Choice> token_networks() { return kTokenNetworks; }
std::span<const Choice> position_kinds() { return kPositions; }
std::span<const Choice> optimizers() { return kOptimizers; }
std::span<const Choice> schedules() { return kSchedules; }

}  // namespace pushforward
