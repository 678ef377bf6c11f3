// The rows of a finite set that stay where they are stored, such as in a mapped file, and are read when
// they are needed.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward {

class StoredRows {
 public:
  virtual ~StoredRows() = default;
  virtual int rows() const = 0;
  virtual int columns() const = 0;
  // Writes the columns [first_column, first_column + count) of a row to x. Several threads may read at
  // the same time. Does not check that the row and the columns exist.
  virtual void read(int row, int first_column, int count, double* x) const = 0;
};

}  // namespace pushforward
