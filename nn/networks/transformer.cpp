#include "nn/networks/transformer.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Initial standard deviation of token and position embeddings. It is small compared with what the
// blocks add, and trains faster than a standard deviation of 1.
constexpr double kEmbedding = 0.02;
constexpr real kEps = real(1e-6);  // the eps of all layer norms (Peebles, Xie 2023)

const TokenOptions& checked_transformer(const TokenOptions& o) {
  check(o.width > 0 && o.blocks > 0 && o.mlp_ratio > 0, "transformer", "width is ", o.width, ", ",
        o.blocks, " blocks, mlp_ratio ", o.mlp_ratio, "; each must be at least 1");
  return o;
}

// Repeats row b of x (B, C) at each of the `length` positions of sequence b.
Var each_position(Var x, int length) {
  const std::size_t count =
      static_cast<std::size_t>(x.shape()[0]) * static_cast<std::size_t>(length);
  const std::span<int> rows(x.tape->arena().array<int>(count), count);
  for (std::size_t k = 0; k < count; ++k) rows[k] = static_cast<int>(k) / length;
  return gather_rows(x, rows);
}

// Returns the columns [k width, (k + 1) width) of x.
Var part(Var x, int k, int width) { return slice(x, 1, k * width, width); }

// Returns (1 + scale) N(h) + shift, where N is the layer norm without weights, and scale and shift
// have one row for each sequence.
Var modulated(Var h, Var shift, Var scale, int length) {
  return normalize(h, kEps) * each_position(scale + real(1), length) + each_position(shift, length);
}

}  // namespace

TransformerBlock::TransformerBlock(const TokenOptions& o, int number)
    : attn(o.width, o.heads, o.positions, o.init),
      mlp1(o.width, o.mlp_ratio * o.width, o.init),
      mlp2(o.mlp_ratio * o.width, o.width, o.init),
      modulation(o.width, 6 * o.width),
      activation(o.activation),
      dropout1(o.dropout, static_cast<std::uint32_t>(2 * number)),
      dropout2(o.dropout, static_cast<std::uint32_t>(2 * number + 1)) {
  modulation.start_at_zero();
}

Var TransformerBlock::operator()(Var h, Var c, int length, const NetworkMode& mode) const {
  const int rows = h.shape()[0], width = h.shape()[1];
  check(length > 0 && rows % length == 0, "transformer", "rows ", h.shape(),
        " are no sequences of ", length, "; give whole sequences");
  const Var modulators = modulation(c);
  // Dropout treats a sequence as one row, so its random numbers depend on the
  // sequence's row in the batch.
  const auto dropped = [&](const Dropout& dropout, Var x) {
    return reshape(dropout(reshape(x, {rows / length, length * width}), mode), {rows, width});
  };
  const auto add = [&](Var x, Var gate) { h = h + each_position(gate, length) * x; };
  const Var near = modulated(h, part(modulators, 0, width), part(modulators, 1, width), length);
  add(dropped(dropout1, attn(near, length)), part(modulators, 2, width));
  const Var next = modulated(h, part(modulators, 3, width), part(modulators, 4, width), length);
  add(dropped(dropout2, mlp2(mlp1(next, activation))), part(modulators, 5, width));
  return h;
}

void TransformerBlock::visit(const std::string& at, const Visitor& f) {
  attn.visit(at + "attn.", f);
  mlp1.visit(at + "mlp.0.", f);
  mlp2.visit(at + "mlp.2.", f);
  modulation.visit(at + "modulation.", f);
}

Transformer::Transformer(const TokenOptions& o)
    : length_(checked_transformer(o).length),
      vocabulary_(o.vocabulary),
      activation_(o.activation),
      token_(o.states, o.width),
      conditioning_(o.time, o.classes, o.label_dim, "token network"),
      embed1_(conditioning_.columns(), o.width, o.init),
      embed2_(o.width, o.width, o.init),
      modulation_(o.width, 2 * o.width),
      output_(o.width, o.vocabulary) {
  token_.weight.init = normal_init(kEmbedding);
  if (o.positions == Positions::learned) {
    position_.emplace(o.length, o.width);
    position_->weight.init = normal_init(kEmbedding);
  }
  for (int k = 0; k < o.blocks; ++k) blocks_.emplace_back(o, k);
  modulation_.start_at_zero();
  output_.start_at_zero();
}

Var Transformer::operator()(std::span<const int> states, Var t, std::span<const int> labels,
                            const NetworkMode& mode) const {
  Tape& tape = tape_of(t, "token network");
  const int batch = t.shape()[0], width = token_.weight.shape[1], rows = batch * length_;
  Var c = embed1_(conditioning_(t, labels), activation_);
  c = embed2_(c, activation_);
  Var h = token_(tape, states);
  if (position_) {
    const Label label(tape, position_->weight.label.c_str());
    const Var positions = reshape(position_->weight.on(tape), {1, length_ * width});
    h = h + reshape(broadcast_rows(positions, batch), {rows, width});
  }
  for (const TransformerBlock& block : blocks_) h = block(h, c, length_, mode);
  const Var modulators = modulation_(c);
  const Var last = modulated(h, part(modulators, 0, width), part(modulators, 1, width), length_);
  return reshape(output_(last), {batch, length_, vocabulary_});
}

void Transformer::visit(const std::string& at, const Visitor& f) {
  token_.visit(at + "token.", f);
  if (position_) position_->visit(at + "position.", f);
  conditioning_.time.visit(at + "time.", f);
  if (conditioning_.label) conditioning_.label->visit(at + "label.", f);
  embed1_.visit(at + "embed.0.", f);
  embed2_.visit(at + "embed.2.", f);
  for (std::size_t k = 0; k < blocks_.size(); ++k)
    blocks_[k].visit(at + "blocks." + std::to_string(k) + ".", f);
  modulation_.visit(at + "modulation.", f);
  output_.visit(at + "output.", f);
}

}  // namespace pushforward::inline PF_REAL
