// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/tables/number_table.h"

namespace exitscope {

// Reasons against vCPUs: of each pair the exits of the selection, or their time if reasons are weighed by it. A click
// on a cell filters by both, one on a name by the reason; again drops that, Ctrl adds where one of the two differs.
class ReasonMatrix : public NumberTable {
    Q_OBJECT

public:
    explicit ReasonMatrix(ViewState &state, QWidget *parent = nullptr);

    std::function<QString(CancelFlag cancel)> csv() const override;

protected:
    Selection askedOf(const Selection &selection) const override;
    void choose(const QModelIndex &index, const NumberRow &row, bool add) override;
};

} // namespace exitscope
