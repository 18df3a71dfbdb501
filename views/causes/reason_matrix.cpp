// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/causes/reason_matrix.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "model/causes/accounts.h"
#include "model/causes/file_tables.h"
#include "model/number_format.h"
#include "model/session/filter_sets.h"
#include "model/statistics/known_net.h"
#include "model/visible_text.h"
#include "views/tables/statistics_table.h"

namespace exitscope {

namespace {

constexpr std::array kMatrixKeys{AccountKey::Reason, AccountKey::Vcpu};
constexpr int kAllColumn = 1;

QString matrixTr(const char *text)
{
    return QCoreApplication::translate("ReasonMatrix", text);
}

// Of exits that have them in common.
struct MatrixSums {
    GroupSum all;
    std::map<std::size_t, GroupSum> byVcpu; // by VcpuAt::number
};
using Matrix = std::map<std::size_t, MatrixSums>; // by index into the ReasonTable

Matrix matrixOf(const Recording &recording, const Selection &selection, CancelFlag cancel)
{
    const Accounts accounts = accountsOf(recording, selection, kMatrixKeys, cancel);
    Matrix matrix;
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        const std::vector<KeyValue> values = accounts.values(row);
        MatrixSums &of = matrix[std::size_t(values[0].value)];
        of.all += accounts.sums(row);
        of.byVcpu[std::size_t(values[1].value)] += accounts.sums(row);
    }
    return matrix;
}

NumberCell matrixCell(const GroupSum *sums, Measure measure)
{
    if (!sums)
        return {};
    const std::optional<std::int64_t> weight = sums->in(measure);
    NumberCell cell;
    cell.text = !weight ? notKnownText() : measure == Measure::Count ? formatCount(*weight) : formatDuration(*weight);
    if (weight)
        cell.exact = qlonglong(*weight);
    const std::optional<Ns> net = sums->knownNet();
    cell.tip = matrixTr("%1, gross %2, net %3")
                   .arg(formatCounted(sums->count, matrixTr("exit"), matrixTr("exits")),
                       formatDuration(sums->parts.gross()), net ? formatDuration(*net) : notKnownText());
    return cell;
}

std::vector<NumberColumn> matrixColumns(const std::vector<VcpuAt> &vcpus, Measure measure)
{
    const QString of = measure == Measure::Count ? matrixTr("exits")
        : measure == Measure::Gross              ? matrixTr("gross time of exits")
                                                 : matrixTr("net time of exits");
    std::vector<NumberColumn> columns{
        {matrixTr("Reason"), QStringLiteral("reason"), matrixTr("Why the guests left guest mode"), true},
        {matrixTr("All"), QStringLiteral("all"), matrixTr("Of all vCPUs: %1").arg(of)},
    };
    const auto isOfFirst = [&](const VcpuAt &vcpu) { return vcpu.key.vm == vcpus.front().key.vm; };
    const bool isOneVm = std::ranges::all_of(vcpus, isOfFirst);
    for (const VcpuAt &vcpu : vcpus)
        columns.push_back({isOneVm ? matrixTr("vCPU %1").arg(vcpu.vcpu->number) : visibleText(vcpu.id()), vcpu.id(),
            matrixTr("Of %1: %2").arg(visibleText(vcpu.id()), of), false, vcpu.key});
    return columns;
}

// The vCPUs that have any of the exits.
std::vector<VcpuAt> vcpusIn(const Matrix &matrix, const Recording &recording)
{
    std::vector<VcpuAt> vcpus = vcpusOf(recording);
    std::erase_if(vcpus, [&](const VcpuAt &vcpu) {
        return std::ranges::none_of(matrix, [&](const auto &of) { return of.second.byVcpu.contains(vcpu.number); });
    });
    return vcpus;
}

void weighCells(NumberRows &made)
{
    std::int64_t most = 1;
    for (const NumberRow &row : made.rows)
        for (std::size_t column = kAllColumn + 1; column < row.cells.size(); ++column)
            most = std::max<std::int64_t>(most, row.cells[column].exact.toLongLong());
    for (NumberRow &row : made.rows)
        for (std::size_t column = kAllColumn + 1; column < row.cells.size(); ++column)
            if (const auto weight = row.cells[column].exact.toLongLong(); weight > 0)
                row.cells[column].heat = most > 1 ? std::log(1 + double(weight)) / std::log(1 + double(most)) : 1;
}

NumberRows matrixRows(const Recording &recording, const Selection &selection, Measure measure, CancelFlag cancel)
{
    const Matrix matrix = matrixOf(recording, selection, cancel);
    const std::vector<VcpuAt> vcpus = vcpusIn(matrix, recording);
    NumberRows made{matrixColumns(vcpus, measure), {}, {}};
    for (const auto &[index, sums] : matrix) {
        const ExitReason &reason = recording.reasons[index];
        NumberRow row;
        row.key = QString::number(index);
        row.reason = reason.key;
        row.colour = int(index);
        row.cells.push_back({reason.name, reason.name, QString(reason.name % QStringLiteral(": ") % reason.meaning)});
        row.cells.push_back(matrixCell(&sums.all, measure));
        for (const VcpuAt &vcpu : vcpus) {
            const auto found = sums.byVcpu.find(vcpu.number);
            row.cells.push_back(matrixCell(found == sums.byVcpu.end() ? nullptr : &found->second, measure));
            row.cells.back().vcpu = vcpu.key;
        }
        made.rows.push_back(std::move(row));
    }
    weighCells(made);
    if (made.rows.empty())
        made.note = matrixTr("No exits in what is selected.");
    return made;
}

ExitFilters filtersOfCell(const NumberRow &row, int column)
{
    ExitFilters own;
    if (row.reason)
        own.reasons = {*row.reason};
    if (const auto &vcpu = row.cells[std::size_t(column)].vcpu)
        own.vcpus = {*vcpu};
    return own;
}

FilterSetMask matrixSets()
{
    ExitFilters both;
    both.reasons = {ReasonKey{}};
    both.vcpus = {VcpuKey{}};
    return setsIn(both);
}

} // namespace

ReasonMatrix::ReasonMatrix(ViewState &state, QWidget *parent)
    : NumberTable(state, tr("Exit reasons by vCPU"), {},
        {[](const NumberRow &row, int column, const ViewValues &values) {
             return isChosen(values, filtersOfCell(row, column), matrixSets());
         },
            [this](const NumberRow &row, int column, const Theme &theme) -> QVariant {
                if (column > 0 || !m_recording)
                    return {};
                return theme.reason(m_recording->reasons[std::size_t(row.colour)]);
            },
            [](const NumberRow &row, int column, const Theme &theme) -> QVariant {
                const double heat = row.cells[std::size_t(column)].heat;
                if (heat < 0)
                    return {};
                QColor colour = theme.accent();
                colour.setAlphaF(float(0.05 + 0.45 * heat)); // the text stands on it
                return colour;
            }},
        parent)
{
    const auto weigh = [this] {
        setCompute([measure = m_state.values().measure](const Recording &recording, const Selection &selection,
                       CancelFlag cancel) { return matrixRows(recording, selection, measure, cancel); });
    };
    weigh();
    view()->setRootIsDecorated(false);
    sortFirstBy(kAllColumn, Qt::DescendingOrder);
    connect(&m_state, &ViewState::changed, this, [weigh](const ViewValues &now, const ViewValues &before) {
        if (now.measure != before.measure)
            weigh();
    });
}

// What is chosen of both stands beside the rest.
Selection ReasonMatrix::askedOf(const Selection &selection) const
{
    Selection asked = selection;
    clearSets(asked, matrixSets());
    return asked;
}

std::function<QString(CancelFlag cancel)> ReasonMatrix::csv() const
{
    return [recording = m_recording, selection = m_state.values().selection(), measure = m_state.values().measure](
               CancelFlag cancel) {
        const Matrix matrix = matrixOf(*recording, selection, cancel);
        const std::vector<VcpuAt> vcpus = vcpusIn(matrix, *recording);
        FileTable table;
        for (const NumberColumn &column : matrixColumns(vcpus, measure))
            table.columns << column.field;
        for (const auto &[index, sums] : matrix) {
            const auto cell = [&](const GroupSum &of) {
                const auto weight = of.in(measure);
                return weight ? FileCell(*weight) : FileCell();
            };
            std::vector<FileCell> row{recording->reasons[index].name, cell(sums.all)};
            for (const VcpuAt &vcpu : vcpus) {
                const auto found = sums.byVcpu.find(vcpu.number);
                row.push_back(found == sums.byVcpu.end() ? FileCell() : cell(found->second));
            }
            table.rows.push_back(std::move(row));
        }
        return toCsv(table);
    };
}

void ReasonMatrix::choose(const QModelIndex &index, const NumberRow &row, bool add)
{
    m_state.setFilters(afterChoice(m_state.values(), filtersOfCell(row, index.column()), matrixSets(), add));
}

} // namespace exitscope
