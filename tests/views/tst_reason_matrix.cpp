// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include "tests/tools/program.h"
#include "tests/views/linked_views.h"
#include "views/causes/reason_matrix.h"

using namespace exitscope;
using test::LinkedViews;

// Reasons against vCPUs, on the sample.
class TestReasonMatrix : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsTheCommandLine_data();
    void equalsTheCommandLine();
    void aCellFiltersByBoth();
    void aNameFiltersByItsReason();
    void coloursTellWhatIsMost();
    void unknownNetTimesAreTold();
    void savesWhatIsSelected();
};

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

QModelIndex cellOf(const ReasonMatrix &matrix, const QString &reason, const QString &column)
{
    const QAbstractItemModel &model = matrix.shownModel();
    for (int row = 0; row < model.rowCount(); ++row)
        for (int i = 0; i < model.columnCount(); ++i)
            if (model.index(row, 0).data() == reason
                && model.headerData(i, Qt::Horizontal, StatisticsModel::RawRole) == column)
                return model.index(row, i);
    return {};
}

void click(const ReasonMatrix &matrix, const QModelIndex &cell, Qt::KeyboardModifiers modifiers = {})
{
    QVERIFY(cell.isValid());
    matrix.view()->scrollTo(cell);
    QTest::mouseClick(matrix.view()->viewport(), Qt::LeftButton, modifiers, matrix.view()->visualRect(cell).center());
}

bool settle(const ReasonMatrix &matrix)
{
    return QTest::qWaitFor([&] { return matrix.isSettled(); }, 20'000);
}

const QString kVcpu0 = QStringLiteral("qemu-system-x86/0");
const QString kVcpu1 = QStringLiteral("qemu-system-x86/1");

} // namespace

#define SHOWN_MATRIX(linked, matrix, of)                                                                               \
    LinkedViews linked(of);                                                                                            \
    ReasonMatrix matrix(linked.state);                                                                                 \
    matrix.resize(800, 400);                                                                                           \
    matrix.show();                                                                                                     \
    matrix.setRecording(linked.recording);                                                                             \
    QVERIFY(settle(matrix))

void TestReasonMatrix::equalsTheCommandLine_data()
{
    QTest::addColumn<int>("measure");
    QTest::addColumn<QString>("member");
    QTest::newRow("count") << int(Measure::Count) << text("count");
    QTest::newRow("gross") << int(Measure::Gross) << text("gross_ns");
    QTest::newRow("net") << int(Measure::Net) << text("net_ns");
}

void TestReasonMatrix::equalsTheCommandLine()
{
    QFETCH(const int, measure);
    QFETCH(const QString, member);
    SHOWN_MATRIX(linked, matrix, test::sample());
    const QAbstractItemModelTester tester(matrix.view()->model());
    const TimeRange all = linked.state.bounds();
    linked.state.select(TimeRange{all.from, all.from + all.length() / 2});
    linked.state.setScenarios({Scenario::Qemu, Scenario::Host});
    linked.state.setMeasure(Measure(measure));
    QVERIFY(settle(matrix));
    const test::ProgramResult cli = test::runCli({text("accounts"), text("--by"), text("reason,vcpu"), text("--format"),
        text("json"), text("--from"), QString::number(all.from), text("--to"),
        QString::number(all.from + all.length() / 2), text("--scenario"), text("qemu,host"), test::samplePath()});
    const QJsonArray rows = QJsonDocument::fromJson(cli.out).object().value(text("rows")).toArray();
    QVERIFY(rows.size() > 4);
    std::map<QString, qint64> sums;
    for (const QJsonValue &row : rows) {
        const qint64 told = row[member].isObject() ? row[member][text("total")].toInteger() : row[member].toInteger();
        const QModelIndex cell = cellOf(matrix, row[text("reason")].toString(), row[text("vcpu")].toString());
        QVERIFY2(cell.isValid(), qPrintable(row[text("reason")].toString()));
        QCOMPARE(cell.data(StatisticsModel::RawRole).toLongLong(), told);
        sums[row[text("reason")].toString()] += told;
    }
    QCOMPARE(std::size_t(matrix.shownModel().rowCount()), sums.size());
    for (const auto &[reason, sum] : sums)
        QCOMPARE(cellOf(matrix, reason, text("all")).data(StatisticsModel::RawRole).toLongLong(), sum);
}

void TestReasonMatrix::aCellFiltersByBoth()
{
    SHOWN_MATRIX(linked, matrix, test::sample());
    const ViewValues before = linked.state.values();
    click(matrix, cellOf(matrix, text("cpuid"), kVcpu1));
    QCOMPARE(linked.state.values().reasons, std::set<ReasonKey>({{2, 114}}));
    QCOMPARE(linked.state.values().vcpus, std::set<VcpuKey>({{{0, 0}, 1}}));
    QVERIFY(linked.settle() && settle(matrix));
    const QModelIndex cell = cellOf(matrix, text("cpuid"), kVcpu1);
    QCOMPARE(linked.totals().exits, cell.data(StatisticsModel::RawRole).toLongLong());
    QVERIFY(cell.data(StatisticsModel::ChosenRole).toBool());
    QVERIFY(!cellOf(matrix, text("cpuid"), kVcpu0).data(StatisticsModel::ChosenRole).toBool());
    click(matrix, cellOf(matrix, text("io"), kVcpu1), Qt::ControlModifier); // the same vCPU: one more reason
    QCOMPARE(linked.state.values().reasons, std::set<ReasonKey>({{2, 114}, {2, 123}}));
    linked.state.undo();
    linked.state.undo();
    QCOMPARE(linked.state.values(), before); // each a step
    linked.state.redo();
    click(matrix, cellOf(matrix, text("cpuid"), kVcpu1));
    QCOMPARE(linked.state.values(), before);
}

void TestReasonMatrix::aNameFiltersByItsReason()
{
    SHOWN_MATRIX(linked, matrix, test::sample());
    click(matrix, cellOf(matrix, text("io"), text("reason")));
    QCOMPARE(linked.state.values().reasons, std::set<ReasonKey>({{2, 123}}));
    QVERIFY(linked.state.values().vcpus.empty());
    matrix.view()->setFocus();
    matrix.view()->setCurrentIndex(cellOf(matrix, text("msr"), text("reason")));
    QTest::keyClick(matrix.view(), Qt::Key_Return);
    QCOMPARE(linked.state.values().reasons, std::set<ReasonKey>({{2, 124}}));
    QTest::keyClick(matrix.view(), Qt::Key_Return);
    QVERIFY(linked.state.values().reasons.empty());
}

void TestReasonMatrix::coloursTellWhatIsMost()
{
    SHOWN_MATRIX(linked, matrix, test::sample());
    QModelIndex most, least;
    for (int row = 0; row < matrix.shownModel().rowCount(); ++row) {
        for (int column = 2; column < matrix.shownModel().columnCount(); ++column) {
            const QModelIndex cell = matrix.shownModel().index(row, column);
            const qlonglong weight = cell.data(StatisticsModel::RawRole).toLongLong();
            if (weight > 0 && (!most.isValid() || weight > most.data(StatisticsModel::RawRole).toLongLong()))
                most = cell;
            if (weight > 0 && (!least.isValid() || weight < least.data(StatisticsModel::RawRole).toLongLong()))
                least = cell;
        }
    }
    const auto alpha = [](const QModelIndex &cell) { return cell.data(Qt::BackgroundRole).value<QColor>().alphaF(); };
    QVERIFY(alpha(most) > alpha(least) + 0.1F);
    const QModelIndex io = cellOf(matrix, text("io"), text("reason"));
    QCOMPARE(io.data(Qt::DecorationRole).value<QColor>(), Theme::light().reason(exitReason({2, 123})));
    matrix.setTheme(Theme::dark());
    QCOMPARE(io.data(Qt::DecorationRole).value<QColor>(), Theme::dark().reason(exitReason({2, 123})));
}

void TestReasonMatrix::unknownNetTimesAreTold()
{
    const auto recording = std::make_shared<Recording>(*test::sample());
    recording->hosts.front().switchesRecorded = false;
    SHOWN_MATRIX(linked, matrix, recording);
    linked.state.setMeasure(Measure::Net);
    QVERIFY(settle(matrix));
    const QModelIndex hlt = cellOf(matrix, text("hlt"), text("all"));
    QCOMPARE(hlt.data().toString(), text("–"));
    QVERIFY(!hlt.data(StatisticsModel::RawRole).isValid());
    QVERIFY(cellOf(matrix, text("cpuid"), text("all")).data(StatisticsModel::RawRole).toLongLong() > 0);
}

void TestReasonMatrix::savesWhatIsSelected()
{
    SHOWN_MATRIX(linked, matrix, test::sample());
    linked.state.setReasons({{2, 124}});
    const QStringList lines = matrix.csv()(nullptr).split(text("\r\n"), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0], text("reason,all,qemu-system-x86/0,qemu-system-x86/1"));
    const auto raw = [&](const QString &column) {
        return cellOf(matrix, text("msr"), column).data(StatisticsModel::RawRole).toString();
    };
    QCOMPARE(lines[1], QStringList({text("msr"), raw(text("all")), raw(kVcpu0), raw(kVcpu1)}).join(u','));
}

QTEST_MAIN(TestReasonMatrix)
#include "tst_reason_matrix.moc"
