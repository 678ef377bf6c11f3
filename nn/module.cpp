#include "nn/module.h"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <utility>

namespace pushforward::inline PF_REAL {

using detail::check, detail::fail;

namespace {

// In a flat array, each parameter's offset is a multiple of this: 16 floats fill a cache line, and
// no instruction set has longer vectors.
constexpr std::size_t kAlign = 16;

std::size_t rounded(std::int64_t n) {
  return (static_cast<std::size_t>(n) + kAlign - 1) / kAlign * kAlign;
}

// Returns how alike two names are: the length of their common prefix plus that of their common
// suffix. An error about an unknown name uses it to suggest a name.
std::ptrdiff_t alike(const std::string& a, const std::string& b) {
  const auto n = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
  const auto front = std::mismatch(a.begin(), a.begin() + n, b.begin()).first - a.begin();
  const auto back = std::mismatch(a.rbegin(), a.rbegin() + n, b.rbegin()).first - a.rbegin();
  return front + back;
}

}  // namespace

Parameter::Parameter(Parameter&& other)
    : shape(other.shape),
      stored(other.stored),
      init(other.init),
      kind(other.kind),
      frozen(other.frozen) {
  check(other.slot < 0, "parameter", "\"", other.name,
        "\" was moved after Parameters collected it; build the model where it stays, then collect");
}

Parameter Parameter::row(int n, Init init) {
  Parameter p({1, n}, init);
  p.stored = {n};
  return p;
}

std::string layer_label(const std::string& kind, const std::string& name) {
  const std::string layer = name.substr(0, name.rfind('.'));
  const std::string last = layer.substr(layer.rfind('.') + 1);
  const bool number = !last.empty() && last.find_first_not_of("0123456789") == std::string::npos;
  const bool says_kind = layer.find(kind) != std::string::npos;
  return number && !says_kind ? kind + ' ' + layer : layer;
}

Var Parameter::on(Tape& tape) const {
  check(values != nullptr, "parameter", "a parameter ", shape,
        " has no values; collect the model first: Parameters parameters(model)");
  return tape.parameter(slot, shape, values, name.c_str());
}

void Parameters::add(const std::string& name, Parameter& p) {
  check(p.slot < 0, "parameters", "\"", p.name, "\" is collected twice, now as \"", name,
        "\"; visit must list each member once, and a model has one Parameters");
  for (const Parameter* other : list_)
    check(other->name != name, "parameters", "two parameters are named \"", name,
          "\"; give the parts of visit different prefixes");
  p.name = name;
  p.label = layer_label(p.kind, name);
  p.slot = next_slot_++;
  list_.push_back(&p);
}

void Parameters::settle() {
  check(!list_.empty(), "parameters",
        "the model has no parameters; list its members in its visit function");
  std::size_t size = 0;
  for (Parameter* p : list_) {
    p->offset = size;
    size += rounded(p->shape.size());
  }
  values_.assign(size, real(0));
  use_own();
}

void Parameters::check_part(const Parameter& p, std::size_t flat) const {
  const bool ours = std::ranges::find(list_, &p) != list_.end();
  check(ours && flat == size(), "parameters", "a part of an array of ", flat,
        " numbers is asked for, ", ours ? "and" : "for a parameter of another model, and",
        " this one has ", size(), "; give an array of the layout of values()");
}

std::span<real> Parameters::part(const Parameter& p, std::span<real> flat) const {
  check_part(p, flat.size());
  return flat.subspan(p.offset, static_cast<std::size_t>(p.shape.size()));
}
std::span<const real> Parameters::part(const Parameter& p, std::span<const real> flat) const {
  check_part(p, flat.size());
  return flat.subspan(p.offset, static_cast<std::size_t>(p.shape.size()));
}

Parameter& Parameters::find(const std::string& name) const {
  Parameter* nearest = list_[0];
  for (Parameter* p : list_) {
    if (p->name == name) return *p;
    if (alike(p->name, name) > alike(nearest->name, name)) nearest = p;
  }
  fail("parameters", "there is no \"", name, "\" among ", list_.size(), "; did you mean \"",
       nearest->name, "\"?");
}

void Parameters::initialise(Stream stream) {
  for (std::size_t k = 0; k < list_.size(); ++k) {
    const Parameter& p = *list_[k];
    fill_init(p.init, p.shape, stream.at(static_cast<std::uint32_t>(k)), &values_[p.offset]);
  }
}

int Parameters::freeze(const std::string& prefix, bool frozen) {
  int n = 0;
  for (Parameter* p : list_) {
    if (p->name.compare(0, prefix.size(), prefix) != 0) continue;
    p->frozen = frozen;
    ++n;
  }
  check(n > 0, "freeze", "no parameter's name begins with \"", prefix, "\"; the first is \"",
        list_[0]->name, "\"");
  ++revision_;
  return n;
}

void Parameters::use(std::span<const real> flat) {
  check(flat.size() == size(), "parameters", "an array of ", flat.size(),
        " numbers for a model of ", size(), "; use one of the layout of values()");
  for (Parameter* p : list_) p->values = flat.data() + p->offset;
}

std::int64_t Parameters::count() const {
  std::int64_t n = 0;
  for (const Parameter* p : list_) n += p->shape.size();
  return n;
}

std::int64_t Parameters::count_trained() const {
  std::int64_t n = 0;
  for (const Parameter* p : list_) n += p->frozen ? 0 : p->shape.size();
  return n;
}

void Parameters::print(std::ostream& out) const {
  std::size_t width = 4;
  for (const Parameter* p : list_) width = std::max(width, p->name.size());
  for (const Parameter* p : list_) {
    std::ostringstream shape;
    shape << p->stored;
    out << std::left << std::setw(static_cast<int>(width) + 2) << p->name << std::setw(14)
        << shape.str() << std::right << std::setw(10) << p->shape.size()
        << (p->frozen ? "  frozen" : "") << '\n';
  }
  out << std::left << std::setw(static_cast<int>(width) + 16) << "total" << std::right
      << std::setw(10) << count() << "  (" << count_trained() << " trained)\n";
}

}  // namespace pushforward::inline PF_REAL
