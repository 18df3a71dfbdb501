// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/linked_guests.h"

#include <QTest>

#include "views/tables/statistics_table.h"

namespace exitscope::test {

QVariant raw(const QModelIndex &row, const char *field)
{
    const QAbstractItemModel &model = *row.model();
    for (int column = 0; column < model.columnCount(); ++column)
        if (model.headerData(column, Qt::Horizontal, StatisticsModel::RawRole).toString() == QString::fromUtf8(field))
            return row.siblingAtColumn(column).data(StatisticsModel::RawRole);
    qFatal("no column %s", field);
    return {};
}

QModelIndex rowNamed(const QAbstractItemModel &model, const QString &name, const QModelIndex &parent)
{
    for (int row = 0; row < model.rowCount(parent); ++row)
        if (model.index(row, 0, parent).data() == name)
            return model.index(row, 0, parent);
    return {};
}

QString guestSamplePath()
{
    return QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample");
}

std::shared_ptr<const Recording> guestSample()
{
    static const auto recording = loadedFrom(guestSamplePath());
    return recording;
}

LinkedGuests::LinkedGuests() : LinkedViews(guestSample())
{
    QObject::connect(
        &clocks, &GuestClocks::changed, &guests, [this] { guests.set(clocks.current()); });
    QObject::connect(
        &guests, &LiveGuests::changed, &state,
        [this] { state.setGuests(guests.current() ? guests.current()->exits : nullptr); });
    QObject::connect(
        &state, &ViewState::changed, &clocks, [this](const ViewValues &now) { clocks.choose(now.clocks); });
}

bool LinkedGuests::knowGuests()
{
    if (!clocks.current())
        clocks.set(recording, {});
    return QTest::qWaitFor([this] { return !clocks.isBusy() && !guests.isBusy() && guests.current(); }, 20'000);
}

} // namespace exitscope::test
