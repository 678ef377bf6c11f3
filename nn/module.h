// A model's parameters as one list and one flat array. All operations on the parameters of a model
// (count, freeze, initialise, train, average, save, print) use this list.
//
// A layer is a struct with Parameter members, an operator() on a Var, and one function
//   void visit(const std::string& at, const Visitor& f) { f(at + "weight", weight); ... }
// that lists each member once. A layer made of layers forwards visit: part.visit(at + "part.", f).
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

// The list of a model's parameters in the order of `visit`, and their values. Values, gradients,
// the optimizer's moments and averages are flat arrays of the same layout: `size()` numbers, each
// parameter at its `offset`, with zeros in between so that each parameter starts on a cache line.
// The model must stay alive as long as this object.
class Parameters {
 public:
  // Collects the parameters from model.visit and gives them names, the value 0, and slots: the
  // numbers first_slot, first_slot + 1, ... by which a tape tells parameters apart. Two models on
  // one tape need different slots. Throws if a name is used twice or a parameter has been collected
  // before.
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
  // Returns the part of a flat array that belongs to the parameter p. Throws on a parameter or
  // an array of another model.
  std::span<real> part(const Parameter& p, std::span<real> flat) const;
  std::span<const real> part(const Parameter& p, std::span<const real> flat) const;

  // Returns the parameter of this name. Throws if there is none; the message contains the nearest
  // name.
  Parameter& find(const std::string& name) const;

  // Draws the values of each parameter from its distribution. Parameter k of the
  // list uses `stream` at step k.
  void initialise(Stream stream);
  // Freezes or unfreezes the parameters whose name begins with `prefix` ("" means all). Returns
  // their number, and throws if there are none.
  int freeze(const std::string& prefix, bool frozen = true);
  // Increases at every call of freeze, so that a caller can notice that the frozen set may have
  // changed.
  int revision() const { return revision_; }

  // Makes the model use another flat array of the layout of values(), such as an average. use_own()
  // returns to the model's own values. Call neither function while a tape has values that were
  // computed with the model's parameters, or another thread uses the model.
  void use(std::span<const real> flat);
  void use_own() { use(values_); }

  // The number of elements in all parameters, and in those that are not frozen.
  std::int64_t count() const;
  std::int64_t count_trained() const;
  // Prints a table with the name, shape, number of elements and frozen state of each parameter.
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

// Makes the model use another flat array of values during its lifetime, for example
// to sample with the average.
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
