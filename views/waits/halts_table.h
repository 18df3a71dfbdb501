// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/causes/halts.h"
#include "views/tables/number_table.h"

namespace exitscope {

// How the halts of each vCPU went, over the halts of the selection; below it what polling longer or shorter would have
// done (manual "Halts"). A click on a vCPU filters by it.
class HaltsTable : public NumberTable {
    Q_OBJECT

public:
    explicit HaltsTable(ViewState &state, QWidget *parent = nullptr);

    std::function<QString(CancelFlag cancel)> csv() const override;

protected:
    Selection askedOf(const Selection &selection) const override;
    void choose(const QModelIndex &index, const NumberRow &row, bool add) override;
};

} // namespace exitscope
