// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/reference/csv.h"
#include "model/reference/exit_reasons.h"

using namespace exitscope;

class TestExitReasons : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void codeOfRecordedValue_data();
    void codeOfRecordedValue();
    void knownReason();
    void codesOfVmxAndSvmDiffer();
    void unknownReason();
    void everyHaltIsAHalt();
    void named_data();
    void named();
    void userspaceExits();
    void tableKeepsIndices();
    void tableIsBounded();
    void laterReasonsAreInTheTable();
};

void TestExitReasons::codeOfRecordedValue_data()
{
    QTest::addColumn<quint32>("isa");
    QTest::addColumn<quint32>("recorded");
    QTest::addColumn<qint64>("code");
    QTest::newRow("VMX") << 1u << 12u << qint64(12);
    QTest::newRow("VMX, failed entry") << 1u << 0x80000021u << qint64(33);
    QTest::newRow("SVM") << 2u << 0x400u << qint64(1024);
    QTest::newRow("SVM, high") << 2u << 0x80000001u << qint64(2147483649);
    QTest::newRow("SVM, invalid state") << 2u << 0xffffffffu << qint64(-1);
    QTest::newRow("unknown isa") << 0u << 0xffffffffu << qint64(4294967295);
}

void TestExitReasons::codeOfRecordedValue()
{
    QFETCH(quint32, isa);
    QFETCH(quint32, recorded);
    QFETCH(qint64, code);
    const ReasonKey expected{isa, code};
    QVERIFY(reasonKey(isa, recorded) == expected);
}

void TestExitReasons::knownReason()
{
    const ExitReason reason = exitReason({1, 28});
    QCOMPARE(reason.name, QStringLiteral("CR_ACCESS"));
    QCOMPARE(reason.meaning, QStringLiteral("The guest read or wrote a control register (CR0, CR3, CR4 or CR8)"));
    QCOMPARE(reason.className, QStringLiteral("control-register"));
    QVERIFY(!reason.isHalt);
}

void TestExitReasons::codesOfVmxAndSvmDiffer()
{
    QCOMPARE(exitReason({1, 100}).name, QStringLiteral("1:100"));
    QCOMPARE(exitReason({2, 100}).name, QStringLiteral("vintr"));
    QCOMPARE(exitReason({0, 100}).name, QStringLiteral("0:100"));
}

void TestExitReasons::unknownReason()
{
    const ExitReason reason = exitReason({2, 777});
    QCOMPARE(reason.name, QStringLiteral("2:777"));
    QCOMPARE(reason.className, QStringLiteral("other"));
    QVERIFY(reason.meaning.isEmpty());
    QVERIFY(!reason.isHalt);
}

void TestExitReasons::everyHaltIsAHalt()
{
    for (const ReasonKey key : {ReasonKey{1, 12}, ReasonKey{1, 36}, ReasonKey{1, 67}, ReasonKey{1, 68},
             ReasonKey{2, 120}, ReasonKey{2, 139}, ReasonKey{2, 140}, ReasonKey{2, 166}, ReasonKey{2, 2147483652}})
        QVERIFY2(exitReason(key).isHalt, qPrintable(exitReason(key).name));
    QVERIFY(!exitReason({1, 40}).isHalt);
}

void TestExitReasons::named_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<std::pair<quint32, qint64>>>("expected");
    using Keys = QList<std::pair<quint32, qint64>>;
    QTest::newRow("VMX") << QStringLiteral("EPT_VIOLATION") << Keys{{1, 48}};
    QTest::newRow("another case") << QStringLiteral("Ept_Violation") << Keys{{1, 48}};
    QTest::newRow("both instruction sets") << QStringLiteral("cpuid") << Keys{{1, 10}, {2, 114}};
    QTest::newRow("by number") << QStringLiteral("2:1024") << Keys{{2, 1024}};
    QTest::newRow("by unknown number") << QStringLiteral("2:777") << Keys{{2, 777}};
    QTest::newRow("negative number") << QStringLiteral("2:-1") << Keys{{2, -1}};
    QTest::newRow("no such name") << QStringLiteral("coffee") << Keys{};
    QTest::newRow("code alone") << QStringLiteral("48") << Keys{};
    QTest::newRow("half a number") << QStringLiteral("2:4x") << Keys{};
}

void TestExitReasons::named()
{
    QFETCH(QString, text);
    using Keys = QList<std::pair<quint32, qint64>>;
    QFETCH(Keys, expected);
    Keys found;
    for (const ReasonKey key : reasonsNamed(text))
        found << std::pair<quint32, qint64>(key.isa, key.code);
    QCOMPARE(found, expected);
}

void TestExitReasons::userspaceExits()
{
    QCOMPARE(userspaceExitName(2), QStringLiteral("KVM_EXIT_IO"));
    QCOMPARE(userspaceExitName(5), QStringLiteral("KVM_EXIT_HLT"));
    QCOMPARE(userspaceExitName(77), QStringLiteral("KVM_EXIT_77"));
}

void TestExitReasons::tableKeepsIndices()
{
    ReasonTable table;
    QCOMPARE(table.indexOf({2, 120}), std::uint16_t(0));
    QCOMPARE(table.indexOf({1, 120}), std::uint16_t(1));
    QCOMPARE(table.indexOf({2, 120}), std::uint16_t(0));
    QCOMPARE(table.size(), std::size_t(2));
    QCOMPARE(table[0].name, QStringLiteral("hlt"));
}

void TestExitReasons::tableIsBounded()
{
    ReasonTable table;
    for (std::int64_t code = 0; code < 70000; ++code)
        table.indexOf({2, code});
    QCOMPARE(table.size(), std::size_t(65536));
    QCOMPARE(table.indexOf({2, 65534}), std::uint16_t(65534));
    QCOMPARE(table.indexOf({2, 65535}), std::uint16_t(65535));
    QCOMPARE(table.indexOf({2, 69999}), std::uint16_t(65535));
    QCOMPARE(table[65535].name, QStringLiteral("further-reasons"));
}

// exit-reasons-since.csv says which rows of exit-reasons.csv only newer kernels know.
void TestExitReasons::laterReasonsAreInTheTable()
{
    QFile file(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/exit-reasons-since.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto rows = parseCsv(QString::fromUtf8(file.readAll()));
    QVERIFY(rows && rows->size() > 1);
    for (std::size_t i = 1; i < rows->size(); ++i) {
        const QStringList &row = (*rows)[i];
        QCOMPARE(exitReason({row.at(0).toUInt(), row.at(1).toLongLong()}).name, row.at(2));
    }
}

QTEST_GUILESS_MAIN(TestExitReasons)
#include "tst_exit_reasons.moc"
