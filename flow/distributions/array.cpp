#include "flow/distributions/array.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "flow/distributions/permuted.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Checks the shape, the number of labels and the order of a finite set, as both constructors of
// ArrayData require.
void check_array(Shape shape, const std::vector<int>& labels, const RowOrder& order) {
  check(shape.rank == 2 && shape.size() > 0, "data", "the array has shape ", shape,
        "; it must be (rows, dimension), and neither may be 0");
  check(labels.empty() || static_cast<int>(labels.size()) == shape.rows(), "data", labels.size(),
        " labels for ", shape.rows(), " rows; give one label per row");
  check(order.batch >= 0, "data", "the batch has ", order.batch,
        " rows; give a positive number, or 0 to draw with replacement");
}

template <class Number>
void check_finite_rows(std::span<const Number> values, int columns) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    check(std::isfinite(values[k]), "data", "row ", k / static_cast<std::size_t>(columns),
          ", column ", k % static_cast<std::size_t>(columns), " is ", values[k],
          "; remove the row or fill in the value");
  }
}

int count_classes(const std::vector<int>& labels) {
  int classes = 0;
  for (std::size_t r = 0; r < labels.size(); ++r) {
    check(labels[r] >= 0, "data", "label ", r, " is ", labels[r], "; labels count from 0");
    classes = std::max(classes, labels[r] + 1);
  }
  return classes;
}

void check_names(const std::vector<std::string>& names, std::size_t columns) {
  check(names.empty() || names.size() == columns, "data", names.size(), " names for ", columns,
        " columns; give one for each, or none");
}

Shape shape_of(const TableRows& table) {
  const std::size_t columns = static_cast<std::size_t>(std::max(table.columns, 0));
  check(columns > 0 && !table.values.empty() && table.values.size() % columns == 0, "data",
        "a table of ", table.values.size(), " numbers in ", table.columns,
        " columns; give whole rows, and at least one");
  check_names(table.names, columns);
  return {static_cast<int>(table.values.size() / columns), table.columns};
}

// Rows of other stored rows, chosen by their numbers.
class ChosenRows : public StoredRows {
 public:
  ChosenRows(std::shared_ptr<const StoredRows> from, std::span<const int> rows)
      : from_(std::move(from)), rows_(rows.begin(), rows.end()) {}
  int rows() const override { return static_cast<int>(rows_.size()); }
  int columns() const override { return from_->columns(); }
  void read(int row, int first_column, int count, double* x) const override {
    from_->read(rows_[static_cast<std::size_t>(row)], first_column, count, x);
  }

 private:
  std::shared_ptr<const StoredRows> from_;
  std::vector<int> rows_;
};

// Calls visit(first_column, count, x) for the numbers of a stored row, some at a time.
template <class Visit>
void each_part(const StoredRows& stored, int row, const Visit& visit) {
  constexpr int kPart = 128;
  double x[kPart];
  for (int first = 0; first < stored.columns(); first += kPart) {
    const int count = std::min(kPart, stored.columns() - first);
    stored.read(row, first, count, x);
    visit(first, count, static_cast<const double*>(x));
  }
}

}  // namespace

ArrayData::ArrayData(Tensor values, std::vector<int> labels, RowOrder order)
    : values_(std::move(values)), labels_(std::move(labels)), order_(order) {
  check_array(values_.shape(), labels_, order_);
  check_finite_rows(std::span<const real>(values_.values()), values_.cols());
  classes_ = count_classes(labels_);
}

ArrayData::ArrayData(TableRows table, std::vector<int> labels, RowOrder order)
    : values_(shape_of(table)),
      names_(std::move(table.names)),
      labels_(std::move(labels)),
      order_(order) {
  check_array(values_.shape(), labels_, order_);
  check_finite_rows(std::span<const double>(table.values), table.columns);
  classes_ = count_classes(labels_);
  bool exact = true;
  for (std::size_t k = 0; k < table.values.size(); ++k) {
    values_.values()[k] = static_cast<real>(table.values[k]);
    exact = exact && static_cast<double>(values_.values()[k]) == table.values[k];
  }
  if (!exact) exact_ = std::move(table.values);
}

ArrayData::ArrayData(std::shared_ptr<const StoredRows> rows, std::vector<int> labels,
                     RowOrder order, std::vector<std::string> names)
    : stored_(std::move(rows)),
      copy_(std::make_shared<Copy>()),
      names_(std::move(names)),
      labels_(std::move(labels)),
      order_(order) {
  check(stored_ != nullptr, "data", "no stored rows are given; give some");
  check_array({stored_->rows(), stored_->columns()}, labels_, order_);
  check_names(names_, static_cast<std::size_t>(stored_->columns()));
  classes_ = count_classes(labels_);
  for (int row = 0; row < stored_->rows(); ++row) {
    each_part(*stored_, row, [&](int first, int count, const double* x) {
      for (int j = 0; j < count; ++j) {
        check(std::isfinite(x[j]), "data", "row ", row, ", column ", first + j, " is ", x[j],
              "; remove the row or fill in the value");
        stored_wide_ = stored_wide_ || static_cast<double>(static_cast<real>(x[j])) != x[j];
      }
    });
  }
}

const Tensor* ArrayData::all() const {
  if (!stored_) return &values_;
  std::call_once(copy_->once, [this] {
    copy_->values = Tensor({stored_->rows(), stored_->columns()});
    for (int row = 0; row < stored_->rows(); ++row)
      each_part(*stored_, row, [&](int first, int count, const double* x) {
        for (int j = 0; j < count; ++j) copy_->values(row, first + j) = static_cast<real>(x[j]);
      });
  });
  return &copy_->values;
}

ArrayData ArrayData::select_stored(std::span<const int> rows, RowOrder order) const {
  check(!rows.empty(), "data", "no rows are asked for of a set of ", row_count(),
        "; choose at least one");
  ArrayData chosen = *this;
  chosen.stored_ = std::make_shared<ChosenRows>(stored_, rows);
  chosen.copy_ = std::make_shared<Copy>();
  chosen.order_ = order;
  chosen.held_out_ = nullptr;
  chosen.labels_.clear();
  for (const int row : rows)
    if (!labels_.empty()) chosen.labels_.push_back(labels_[static_cast<std::size_t>(row)]);
  return chosen;
}

ArrayData ArrayData::select(std::span<const int> rows, RowOrder order) const {
  const int n = row_count();
  const std::size_t d = static_cast<std::size_t>(dim());
  for (const int row : rows)
    check(row >= 0 && row < n, "data", "row ", row, " is asked for of a set of ", n,
          " rows; rows are 0 to ", n - 1);
  if (stored_) return select_stored(rows, order);
  TableRows table{{}, dim(), names_};
  std::vector<int> labels;
  for (const int row : rows) {
    for (std::size_t k = static_cast<std::size_t>(row) * d, end = k + d; k < end; ++k)
      table.values.push_back(exact_.empty() ? static_cast<double>(values_.values()[k]) : exact_[k]);
    if (!labels_.empty()) labels.push_back(labels_[static_cast<std::size_t>(row)]);
  }
  ArrayData chosen(std::move(table), std::move(labels), order);
  chosen.classes_ = classes_;
  return chosen;
}

void ArrayData::keep_doubles() {
  check(!stored_, "data", "stored rows cannot be replaced; read them into memory");
  if (exact_.empty()) exact_.assign(values_.values().begin(), values_.values().end());
}

void ArrayData::replace(std::vector<double> values) {
  check(!stored_, "data", "stored rows cannot be replaced; read them into memory");
  check(values.size() == values_.values().size(), "data", "a table of ", values.size(),
        " numbers in ", dim(), " columns; give whole rows, and at least one");
  check_finite_rows(std::span<const double>(values), dim());
  for (std::size_t k = 0; k < values.size(); ++k)
    values_.values()[k] = static_cast<real>(values[k]);
  if (!exact_.empty()) exact_ = std::move(values);
}

void ArrayData::hold_out(std::shared_ptr<const Distribution> rows) {
  check(!rows || rows->dim() == dim(), "data", "the held-out rows have ", rows ? rows->dim() : 0,
        " columns and the data ", dim(), "; both must agree");
  held_out_ = std::move(rows);
}

int ArrayData::index(Stream stream, std::uint32_t row) const {
  const int n = row_count();
  if (order_.batch == 0) return stream.integer(n, row);
  const std::uint64_t position =
      std::uint64_t{stream.step} * static_cast<std::uint64_t>(order_.batch) + row;
  const std::uint64_t epoch = position / static_cast<std::uint64_t>(n);
  // The key of the permutation in which the rows are drawn in one epoch, a pass over the set. It
  // contains the stream's purpose, so that a source and a data set with the same seed are shuffled
  // differently.
  const Stream shuffle{stream.seed, Purpose::shuffle, static_cast<std::uint32_t>(epoch)};
  const auto key = shuffle.words(static_cast<std::uint32_t>(stream.purpose),
                                 static_cast<std::uint32_t>(epoch >> 32));
  return static_cast<int>(
      permuted(static_cast<std::uint32_t>(position % static_cast<std::uint64_t>(n)),
               static_cast<std::uint32_t>(n), key));
}

void ArrayData::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                     int* labels) const {
  const int d = dim();
  for (int r = 0; r < rows; ++r, out += d) {
    const int i = index(stream, first_row + static_cast<std::uint32_t>(r));
    if (stored_)
      each_part(*stored_, i, [out](int first, int count, const double* x) {
        for (int j = 0; j < count; ++j) out[first + j] = static_cast<real>(x[j]);
      });
    else
      std::copy_n(values_.data() + static_cast<std::size_t>(i) * d, d, out);
    if (labels) labels[r] = labels_.empty() ? 0 : labels_[i];
  }
}

void ArrayData::finish(const RowAt& at, int first_column, int columns, double* x, RowUnits) const {
  if (!wide() && at.index < 0) return;  // x already is the row
  const int row = at.index < 0 ? index(at.stream, at.row) : at.index;
  if (stored_) return stored_->read(row, first_column, columns, x);
  const std::size_t from = static_cast<std::size_t>(row) * static_cast<std::size_t>(dim()) +
                           static_cast<std::size_t>(first_column);
  for (int j = 0; j < columns; ++j)
    x[j] = exact_.empty() ? static_cast<double>(values_.values()[from + j]) : exact_[from + j];
}

std::optional<Mixture> ArrayData::mixture() const {
  const std::size_t n = static_cast<std::size_t>(row_count());
  const std::span<const real> rows = all()->values();
  return Mixture{dim(), std::vector<double>(n, 1 / static_cast<double>(n)),
                 std::vector<double>(rows.begin(), rows.end()), std::vector<double>(n, 0)};
}

}  // namespace pushforward::inline PF_REAL
