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
    void unknownReason_data();
    void unknownReason();
    void noReasonGiven();
    void noNameByLowBits();
    void everyHaltIsAHalt();
    void named_data();
    void named();
    void userspaceExits();
    void tableKeepsIndices();
    void tableIsBounded();
    void laterReasonsAreInTheTable();
};

namespace {

// The rows below the header, with the columns isa, code, name, …
std::vector<QStringList> rowsOf(const char *path)
{
    QFile file(QStringLiteral(EXITSCOPE_SOURCE_DIR "/") + QString::fromUtf8(path));
    auto rows = file.open(QIODevice::ReadOnly) ? parseCsv(QString::fromUtf8(file.readAll())) : std::nullopt;
    if (!rows || rows->size() < 2)
        qFatal("%s holds no rows", path);
    rows->erase(rows->begin());
    return *rows;
}

} // namespace

void TestExitReasons::codeOfRecordedValue_data()
{
    QTest::addColumn<quint32>("isa");
    QTest::addColumn<quint64>("recorded");
    QTest::addColumn<qint64>("code");
    const auto row = [](const char *name, quint32 isa, quint64 recorded, qint64 code) {
        QTest::newRow(name) << isa << recorded << code;
    };
    row("VMX", 1, 12, 12);
    row("VMX, failed entry", 1, 0x80000021, 33);
    row("VMX, enclave", 1, 0x0800001e, 30);
    row("VMX, all bits above 25", 1, 0xfc000030, 48);
    row("VMX, bit 16", 1, 0x0001000c, 0x1000c);
    row("VMX, bit 25 of a failed entry", 1, 0x82000021, 0x2000021);
    row("VMX, 32 bits of -1", 1, 0xffffffff, 0x3ffffff);
    row("VMX, 64 bits", 1, 0xffffffff0000000c, 12);
    row("SVM", 2, 0x400, 1024);
    row("SVM, high", 2, 0x80000001, 0x80000001);
    row("SVM, 64 bits", 2, 0x100000078, 0x100000078);
    row("SVM, 32 bits of -1", 2, 0xffffffff, -1);
    row("SVM, 64 bits of -1", 2, 0xffffffffffffffff, -1);
    row("unknown isa", 0, 0xffffffff, 0xffffffff);
}

void TestExitReasons::codeOfRecordedValue()
{
    QFETCH(quint32, isa);
    QFETCH(quint64, recorded);
    QFETCH(qint64, code);
    const ReasonKey key = reasonKey(isa, recorded);
    QCOMPARE(key.isa, isa);
    QCOMPARE(qint64(key.code), code);
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

void TestExitReasons::unknownReason_data()
{
    QTest::addColumn<quint32>("isa");
    QTest::addColumn<qint64>("code");
    QTest::addColumn<QString>("name");
    QTest::newRow("decimal") << 2u << qint64(777) << QStringLiteral("2:777");
    QTest::newRow("last decimal") << 0u << qint64(65535) << QStringLiteral("0:65535");
    QTest::newRow("first hexadecimal") << 1u << qint64(65536) << QStringLiteral("1:0x10000");
    QTest::newRow("of 32 bits") << 2u << qint64(0x80001234) << QStringLiteral("2:0x80001234");
    QTest::newRow("of 64 bits") << 2u << std::numeric_limits<qint64>::min() << QStringLiteral("2:0x8000000000000000");
}

// And what it is called leads back to it.
void TestExitReasons::unknownReason()
{
    QFETCH(quint32, isa);
    QFETCH(qint64, code);
    QFETCH(QString, name);
    const ReasonKey key{isa, code};
    const ExitReason reason = exitReason(key);
    QCOMPARE(reason.name, name);
    QCOMPARE(reason.className, QStringLiteral("other"));
    QVERIFY(reason.meaning.isEmpty());
    QVERIFY(!reason.isHalt);
    QVERIFY(reasonsNamed(name) == std::vector{key});
}

// What KVM writes where the processor gave no reason.
void TestExitReasons::noReasonGiven()
{
    QCOMPARE(exitReason({1, 57005}).name, QStringLiteral("VM_FAIL"));
    QCOMPARE(exitReason({1, 65535}).name, QStringLiteral("NO_REASON"));
    QCOMPARE(exitReason({2, -1}).name, QStringLiteral("invalid_guest_state"));
}

// A value that only ends in the code of a reason is another reason.
void TestExitReasons::noNameByLowBits()
{
    for (const QStringList &row : rowsOf("resources/exit-reasons.csv")) {
        const quint32 isa = row.at(0).toUInt();
        const auto code = quint64(row.at(1).toLongLong());
        const ReasonKey key = reasonKey(isa, code);
        QCOMPARE(exitReason(key).name, row.at(2));
        QVERIFY(reasonsNamed(codeText(key)) == std::vector{key});
        if (row.at(1) == QStringLiteral("-1"))
            continue;
        // Bit 63 of a scause says that it is an interrupt.
        for (int bit = isa == 1 ? 16 : 32; bit < (isa == 1 ? 26 : isa == 101 ? 63 : 64); ++bit) {
            const ReasonKey other = reasonKey(isa, code | quint64(1) << bit);
            QCOMPARE(exitReason(other).name, codeText(other));
        }
    }
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
    QTest::newRow("hexadecimal") << QStringLiteral("2:0x400") << Keys{{2, 1024}};
    QTest::newRow("hexadecimal, other case") << QStringLiteral("2:0X8000FFFD") << Keys{{2, 0x8000fffd}};
    QTest::newRow("unknown hexadecimal number") << QStringLiteral("1:0x10000") << Keys{{1, 65536}};
    QTest::newRow("unknown decimal number") << QStringLiteral("1:65536") << Keys{{1, 65536}};
    QTest::newRow("as recorded, failed entry") << QStringLiteral("1:0x80000021") << Keys{{1, 33}};
    QTest::newRow("as recorded, 32 bits of -1") << QStringLiteral("2:0xffffffff") << Keys{{2, -1}};
    QTest::newRow("as recorded, 64 bits of -1") << QStringLiteral("2:18446744073709551615") << Keys{{2, -1}};
    QTest::newRow("negative number") << QStringLiteral("2:-1") << Keys{{2, -1}};
    QTest::newRow("no such name") << QStringLiteral("coffee") << Keys{};
    QTest::newRow("code alone") << QStringLiteral("48") << Keys{};
    QTest::newRow("half a number") << QStringLiteral("2:4x") << Keys{};
    QTest::newRow("digits of another base") << QStringLiteral("2:4f") << Keys{};
    QTest::newRow("prefix alone") << QStringLiteral("2:0x") << Keys{};
    QTest::newRow("hexadecimal isa") << QStringLiteral("0x2:4") << Keys{};
    QTest::newRow("more than 64 bits") << QStringLiteral("2:0x10000000000000000") << Keys{};
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
    for (const QStringList &row : rowsOf("tests/data/exit-reasons-since.csv"))
        QCOMPARE(exitReason({row.at(0).toUInt(), row.at(1).toLongLong()}).name, row.at(2));
}

QTEST_GUILESS_MAIN(TestExitReasons)
#include "tst_exit_reasons.moc"
