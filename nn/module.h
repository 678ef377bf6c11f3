// A model's parameters as one list and one flat array. Everything that is said of all parameters
// (count, freeze, initialise, train, average, save, print) is said of this list.
//
// A layer is a struct with Parameter members, a call on a Var, and one
//   void visit(const std::string& at, const Visitor& f) { f(at + "weight", weight); ... }
// that lists its members once; a layer made of layers passes visit on: part.visit(at + "part.", f).
#pragma once

#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "nn/flat_array.h"
#include "nn/parameter.h"

namespace pushforward::inline PF_REAL {

using Visitor = std::function<void(const std::string& name, Parameter& parameter)>;

// The list, in the order of visit, and the values. Gradients, moments and averages are arrays of
// the same layout: `size()` numbers, each parameter at its `offset`, zeros in between so that each
// begins on a cache line. Keep it and the model alive together.
class Parameters {
 public:
  // Collects model.visit: names, slots first_slot, first_slot + 1, ...,
  // values all 0. Two models that meet on one tape need different slots.
  // Fails on a name used twice and on a parameter that was collected before.
  template <class Model>
  explicit Parameters(Model& model, int first_slot = 0) : next_slot_(first_slot) {
    model.visit("", [this](const std::string& name, Parameter& p) { add(name, p); });
    settle();
  }
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  std::span<Parameter* const> list() const { return list_; }
  std::size_t size() const { return values_.size(); }
  std::span<real> values() { return values_; }
  std::span<const real> values() const { return values_; }
  // The part of a flat array of this layout that is one parameter's. Fails on a parameter or an
  // array of another model.
  std::span<real> part(const Parameter& p, std::span<real> flat) const;
  std::span<const real> part(const Parameter& p, std::span<const real> flat) const;

  // Fails, with the nearest name, when there is none.
  Parameter& find(const std::string& name) const;

  // Draws the values of every parameter by its distribution, from `stream` at step = its number in
  // the list.
  void initialise(Stream stream);
  // Freezes or thaws the parameters whose name begins with
  // `prefix` ("" is all). Returns how many; fails if none.
  int freeze(const std::string& prefix, bool frozen = true);
  // Grows with each freeze, so that whoever plans by what is frozen notices.
  int revision() const { return revision_; }

  // Makes the model use another flat array of this layout (an average), or its own again. Not while
  // a tape still holds lines of it, nor while other threads use the model.
  void use(std::span<const real> flat);
  void use_own() { use(values_); }

  // Numbers in all parameters, or in those that are not frozen.
  std::int64_t count() const;
  std::int64_t count_trained() const;
  // A table: name, shape, numbers, whether frozen.
  void print(std::ostream& out) const;

 private:
  void add(const std::string& name, Parameter& p);
  void settle();
  void check_part(const Parameter& p, std::size_t flat) const;

  std::vector<Parameter*> list_;
  FlatArray values_;
  int next_slot_;
  int revision_ = 0;
};

// While it lives, the model uses another flat array of values: sampling with the average.
class UseValues {
 public:
  UseValues(Parameters& parameters, std::span<const real> flat) : parameters_(parameters) {
    parameters.use(flat);
  }
  ~UseValues() { parameters_.use_own(); }
  UseValues(const UseValues&) = delete;
  UseValues& operator=(const UseValues&) = delete;

 private:
  Parameters& parameters_;
};

}  // namespace pushforward::inline PF_REAL
