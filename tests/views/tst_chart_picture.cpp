// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTest>

#include <set>

#include "tests/views/linked_views.h"
#include "tests/views/made_recording.h"
#include "views/chart/custom_plot.h"
#include "views/chart_picture.h"
#include "views/picture_caption.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using test::sample;

namespace {

constexpr ChartKind kCharts[]{ChartKind::Timeline, ChartKind::Overview, ChartKind::Reasons, ChartKind::Durations,
    ChartKind::Runs, ChartKind::HeatMap, ChartKind::Flame};
constexpr const char *kNames[]{"timeline", "overview", "reasons", "durations", "runs", "heatmap", "flame"};

ChartInput inputOf(const Theme &theme)
{
    ViewValues values;
    values.visible = boundsOf(*sample());
    static const auto numbers = std::make_shared<const Numbers>(numbersOf(sample(), {}));
    return {sample(), numbers, values, theme};
}

PictureOptions optionsOf(ChartKind chart, QSize size, double scale = 1)
{
    PictureOptions options;
    options.chart = chart;
    options.size = size;
    options.scale = scale;
    return options;
}

// What a reader of the file sees as text.
QStringList textsOf(const QByteArray &svg)
{
    QStringList texts;
    static const QRegularExpression kText(QStringLiteral("<text[^>]*>([^<]+)</text>"));
    auto each = kText.globalMatch(QString::fromUtf8(svg));
    while (each.hasNext())
        texts << each.next().captured(1).trimmed();
    return texts;
}

std::set<QString> fontSizesOf(const QByteArray &svg)
{
    std::set<QString> sizes;
    static const QRegularExpression kSize(QStringLiteral("font-size=\"([0-9.]+)\""));
    auto each = kSize.globalMatch(QString::fromUtf8(svg));
    while (each.hasNext())
        sizes.insert(each.next().captured(1));
    return sizes;
}

int countOf(const QImage &image, const QColor &color)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            count += image.pixel(x, y) == color.rgb();
    return count;
}

} // namespace

class TestChartPicture : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pngHasItsSizeAndColours_data();
    void pngHasItsSizeAndColours();
    void svgHasTextsAndColours_data() { pngHasItsSizeAndColours_data(); }
    void svgHasTextsAndColours();
    void pdfHasItsPageAndFonts_data() { pngHasItsSizeAndColours_data(); }
    void pdfHasItsPageAndFonts();
    void anotherSizeIsLaidOutAnew_data() { pngHasItsSizeAndColours_data(); }
    void anotherSizeIsLaidOutAnew();
    void smallestSizesCanBeDrawn_data() { pngHasItsSizeAndColours_data(); }
    void smallestSizesCanBeDrawn();
    void sampleTimelineIsSmallAsSvg();
    void picturesAreWhatTheScreenShows();
    void pieTellsWhatItsSharesAreOf();
    void captionTellsWhatIsShown();
    void captionNeedsItsRoom();
    void timelineIsAsHighAsItsRows();
    void sizesThatCannotBe_data();
    void sizesThatCannotBe();
    void formatsByName();
};

void TestChartPicture::pngHasItsSizeAndColours_data()
{
    QTest::addColumn<int>("chart");
    QTest::addColumn<bool>("dark");
    for (const bool dark : {false, true})
        for (std::size_t i = 0; i < std::size(kCharts); ++i)
            QTest::addRow("%s, %s", kNames[i], dark ? "dark" : "light") << int(i) << dark;
}

void TestChartPicture::pngHasItsSizeAndColours()
{
    QFETCH(int, chart);
    QFETCH(bool, dark);
    const Theme theme = dark ? Theme::dark() : Theme::light();
    const QSize size(900, 400);
    for (const int scale : {1, 2}) {
        const PictureOptions options = optionsOf(kCharts[chart], size, scale);
        QImage image;
        QVERIFY(
            image.loadFromData(chartPicture(inputOf(theme), options, PictureFormat::Png, QStringLiteral("a title"))));
        QCOMPARE(image.size(), size * scale);
        QCOMPARE(image.text(QStringLiteral("Title")), QStringLiteral("a title"));
        QCOMPARE(image.pixel(1, 1), theme.window().rgb());
        if (kCharts[chart] == ChartKind::HeatMap) { // the fullest cell, and its colour in the legend
            QVERIFY(countOf(image, theme.heat(1)) > 20 * scale * scale);
            continue;
        }
        // The storm's reason is to be seen in every chart, and twice as fine means four times the pixels, or so.
        const QColor cpuid = theme.reason(exitReason({2, 114}));
        QVERIFY2(countOf(image, cpuid) > 100 * scale * scale, qPrintable(QString::number(countOf(image, cpuid))));
        if (kCharts[chart] == ChartKind::Timeline)
            QVERIFY(countOf(image, theme.state(VcpuState::Guest)) > 1000 * scale * scale);
    }
}

void TestChartPicture::svgHasTextsAndColours()
{
    QFETCH(int, chart);
    QFETCH(bool, dark);
    const Theme theme = dark ? Theme::dark() : Theme::light();
    const QByteArray svg = chartPicture(
        inputOf(theme), optionsOf(kCharts[chart], {1600, 600}), PictureFormat::Svg, QStringLiteral("a title"));
    QVERIFY(svg.contains("<title>a title</title>"));
    QVERIFY(!svg.contains("<image"));
    QVERIFY(svg.contains("viewBox=\"0 0 1600 600\""));
    const QString texts = textsOf(svg).join(QLatin1Char('\n'));
    if (kCharts[chart] == ChartKind::HeatMap) {
        QVERIFY(texts.contains(QStringLiteral("exits in a cell")) && texts.contains(QStringLiteral("gross duration")));
        QVERIFY(svg.contains(theme.heat(1).name().toLatin1()));
        return;
    }
    if (kCharts[chart] == ChartKind::Flame) { // the VM, a vCPU, a scenario and a reason below one another
        for (const char *name : {"all: 8,300 exits", "qemu-system-x86", "qemu-system-x86/1", "host", "cpuid"})
            QVERIFY2(texts.contains(QString::fromUtf8(name)), name);
        return;
    }
    for (const char *reason : {"cpuid", "io", "msr", "hlt"})
        QVERIFY2(texts.contains(QString::fromUtf8(reason)), reason);
    QVERIFY(svg.contains(theme.reason(exitReason({2, 114})).name().toLatin1()));
    if (kCharts[chart] != ChartKind::Timeline)
        return;
    for (const VcpuStateInfo &state : kVcpuStateTable) {
        QVERIFY2(texts.contains(QString::fromUtf8(state.name.data(), qsizetype(state.name.size()))), state.name.data());
        const QByteArray color = theme.state(state.state).name().toLatin1();
        QVERIFY2(svg.contains(color), color.constData());
    }
}

void TestChartPicture::pdfHasItsPageAndFonts()
{
    QFETCH(int, chart);
    QFETCH(bool, dark);
    const Theme theme = dark ? Theme::dark() : Theme::light();
    const QByteArray pdf = chartPicture(
        inputOf(theme), optionsOf(kCharts[chart], {960, 480}), PictureFormat::Pdf, QStringLiteral("a title"));
    QVERIFY(pdf.startsWith("%PDF-"));
    QVERIFY(pdf.trimmed().endsWith("%%EOF"));
    // 960 × 480 px at 96 a inch, in points; the page is written rounded to whole ones at most.
    static const QRegularExpression kBox(QStringLiteral("/MediaBox \\[\\s*0 0 ([0-9.]+) ([0-9.]+)\\s*\\]"));
    const auto box = kBox.match(QString::fromLatin1(pdf));
    QVERIFY(box.hasMatch());
    QVERIFY(std::abs(box.captured(1).toDouble() - 720) < 1.5);
    QVERIFY(std::abs(box.captured(2).toDouble() - 360) < 1.5);
    QCOMPARE(pdf.count("/Type /Page\n") + pdf.count("/Type /Page "), 1);
    QVERIFY(pdf.contains("/FontFile2")); // text is text, and its font is there
    QVERIFY(!pdf.contains("/Subtype /Image"));
}

void TestChartPicture::anotherSizeIsLaidOutAnew()
{
    QFETCH(int, chart);
    QFETCH(bool, dark);
    const ChartInput input = inputOf(dark ? Theme::dark() : Theme::light());
    const auto svg
        = [&](QSize size) { return chartPicture(input, optionsOf(kCharts[chart], size), PictureFormat::Svg, {}); };
    const QByteArray small = svg({500, 260});
    const QByteArray large = svg({2000, 1040});
    QCOMPARE(fontSizesOf(large), fontSizesOf(small)); // not scaled
    if (kCharts[chart] != ChartKind::Reasons)
        QVERIFY(textsOf(large).size() > textsOf(small).size()); // more room, more ticks and labels
    QVERIFY(!small.contains("viewBox=\"0 0 2000"));
}

void TestChartPicture::smallestSizesCanBeDrawn()
{
    QFETCH(int, chart);
    QFETCH(bool, dark);
    const ChartInput input = inputOf(dark ? Theme::dark() : Theme::light());
    for (const QSize size : {QSize(64, 64), QSize(64, 900), QSize(900, 64)}) {
        const PictureOptions options = optionsOf(kCharts[chart], size);
        QVERIFY(!pictureProblem(options, PictureFormat::Png));
        QCOMPARE(chartImage(input, options).size(), size);
    }
}

void TestChartPicture::sampleTimelineIsSmallAsSvg()
{
    const QByteArray svg
        = chartPicture(inputOf(Theme::light()), optionsOf(ChartKind::Timeline, {1600, 600}), PictureFormat::Svg, {});
    QVERIFY2(svg.size() <= 2'000'000, qPrintable(QString::number(svg.size())));
}

void TestChartPicture::picturesAreWhatTheScreenShows()
{
    test::LinkedViews linked;
    QVERIFY(linked.settle());
    TimelineView view(linked.state, linked.numbers);
    view.resize(800, 300);
    view.setRecording(sample());
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QCustomPlot &plot = view.plot();
    QTRY_COMPARE(plot.width(), 800); // the scroll bar is gone
    QTRY_VERIFY(view.shown()->plot.right() > 780);
    const ChartInput input{sample(), linked.numbers.current(), linked.state.values(), Theme::light()};
    PictureOptions options = optionsOf(ChartKind::Timeline, plot.size());
    options.timeline = view.options();
    const QImage screen = plot.toPixmap(0, 0, 1).toImage().convertToFormat(QImage::Format_RGB32);
    QCOMPARE(chartImage(input, options).convertToFormat(QImage::Format_RGB32), screen);
}

void TestChartPicture::pieTellsWhatItsSharesAreOf()
{
    ChartInput input = inputOf(Theme::light());
    PictureOptions options = optionsOf(ChartKind::Reasons, {600, 400});
    options.pie.caption = true;
    const auto texts = [&] { return textsOf(chartPicture(input, options, PictureFormat::Svg, {})); };
    QVERIFY(texts().contains(QStringLiteral("Shares of 8,300 exits")));
    input.values.measure = Measure::Net;
    QVERIFY(texts().contains(QStringLiteral("Shares of 686 ms net time: what handling the exits took")));
    options.pie.caption = false;
    QVERIFY(!texts().join(QLatin1Char(' ')).contains(QStringLiteral("Shares of")));
}

void TestChartPicture::captionTellsWhatIsShown()
{
    ChartInput input = inputOf(Theme::dark());
    QCOMPARE(pictureCaption(input, ChartKind::Timeline, QStringLiteral("rec")),
        QStringLiteral("rec · whole recording, 4.20 s · no filter"));
    const Ns begin = input.values.visible.from;
    input.values.visible = {begin + 500'000'000, begin + 1'500'000'000};
    input.values.reasons = {{2, 114}};
    const QString caption = pictureCaption(input, ChartKind::Timeline, QStringLiteral("rec"));
    QCOMPARE(caption, QStringLiteral("rec · 1.00 s from +500 ms of 4.20 s · only reason cpuid"));
    input.values.reasons = {{2, 114}, {1, 10}}; // the same name of the other vendor, which the recording has not
    QCOMPARE(pictureCaption(input, ChartKind::Timeline, QStringLiteral("rec")), caption);
    QVERIFY(pictureCaption(input, ChartKind::Reasons, {}).contains(QStringLiteral("whole recording")));
    for (const ChartKind chart : kCharts) {
        PictureOptions options = optionsOf(chart, {900, 400});
        const QStringList without = textsOf(chartPicture(input, options, PictureFormat::Svg, {}));
        QVERIFY(!without.contains(caption));
        QVERIFY(!without.contains(QStringLiteral("time (ms)"))); // that is for screens
        options.caption = caption;
        const QByteArray svg = chartPicture(input, options, PictureFormat::Svg, {});
        QVERIFY(textsOf(svg).contains(caption));
        const QImage image = chartImage(input, options);
        QCOMPARE(image.size(), QSize(900, 400));
        const QImage below = image.copy(0, 400 - 20, 900, 20);
        QVERIFY(countOf(below, Theme::dark().window()) > 900 * 20 / 2); // and nothing of the chart is there
    }
}

void TestChartPicture::captionNeedsItsRoom()
{
    PictureOptions options = optionsOf(ChartKind::Overview, {200, 80});
    QVERIFY(!pictureProblem(options, PictureFormat::Svg));
    options.caption = QStringLiteral("rec · whole recording, 4.20 s · only reason cpuid, reason io, scenario qemu");
    const std::optional<QString> problem = pictureProblem(options, PictureFormat::Svg);
    QVERIFY(problem && problem->contains(QStringLiteral("caption")));
    options.size = {200, 200};
    QVERIFY(!pictureProblem(options, PictureFormat::Svg));
}

void TestChartPicture::timelineIsAsHighAsItsRows()
{
    const auto many = testing::makeRecording({std::vector<testing::MadeVcpu>(64)});
    ViewValues values;
    values.visible = boundsOf(*many);
    const ChartInput input{many, std::make_shared<const Numbers>(numbersOf(many, {})), values, Theme::light()};
    PictureOptions options = optionsOf(ChartKind::Timeline, {900, 600});
    options.size = readableSize(input, options);
    QCOMPARE(options.size.width(), 900);
    QVERIFY(options.size.height() > 64 * 30 && options.size.height() < 64 * 40);
    const QStringList texts = textsOf(chartPicture(input, options, PictureFormat::Svg, {}));
    for (int i = 0; i < 64; ++i)
        QVERIFY2(texts.contains(QStringLiteral("vCPU %1").arg(i)), qPrintable(texts.join(QLatin1Char('|'))));
    // What is high enough stays, and so do the others.
    QCOMPARE(readableSize(inputOf(Theme::light()), optionsOf(ChartKind::Timeline, {900, 600})), QSize(900, 600));
    QCOMPARE(readableSize(input, optionsOf(ChartKind::Overview, {900, 100})), QSize(900, 100));
}

void TestChartPicture::sizesThatCannotBe_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("scale");
    QTest::addColumn<PictureFormat>("format");
    QTest::addColumn<bool>("fits");
    QTest::newRow("nothing") << QSize(0, 600) << 1.0 << PictureFormat::Svg << false;
    QTest::newRow("negative") << QSize(800, -5) << 1.0 << PictureFormat::Png << false;
    QTest::newRow("a million pixels") << QSize(1'000'000, 600) << 1.0 << PictureFormat::Pdf << false;
    QTest::newRow("largest side") << QSize(16'384, 64) << 1.0 << PictureFormat::Png << true;
    QTest::newRow("larger") << QSize(16'385, 64) << 1.0 << PictureFormat::Png << false;
    QTest::newRow("too many pixels") << QSize(12'000, 12'000) << 1.0 << PictureFormat::Png << false;
    QTest::newRow("vectors have none") << QSize(12'000, 12'000) << 1.0 << PictureFormat::Svg << true;
    QTest::newRow("too fine") << QSize(2000, 2000) << 8.0 << PictureFormat::Png << false;
    QTest::newRow("no scale") << QSize(800, 600) << 0.0 << PictureFormat::Png << false;
    QTest::newRow("not a number") << QSize(800, 600) << std::nan("") << PictureFormat::Png << false;
}

void TestChartPicture::sizesThatCannotBe()
{
    QFETCH(QSize, size);
    QFETCH(double, scale);
    QFETCH(PictureFormat, format);
    QFETCH(bool, fits);
    const auto problem = pictureProblem(optionsOf(ChartKind::Timeline, size, scale), format);
    QCOMPARE(!problem, fits);
    if (problem) {
        QVERIFY(problem->contains(QString::number(size.width())));
        QVERIFY(!problem->contains(QLatin1Char('\n')));
    }
}

void TestChartPicture::formatsByName()
{
    QCOMPARE(pictureFormatOf(QStringLiteral("/a.b/c.PNG")), std::optional(PictureFormat::Png));
    QCOMPARE(pictureFormatOf(QStringLiteral("x.tar.svg")), std::optional(PictureFormat::Svg));
    QCOMPARE(pictureFormatOf(QStringLiteral("a.pdf")), std::optional(PictureFormat::Pdf));
    for (const char *name : {"png", "a.jpg", "dir.png/file", ""})
        QVERIFY2(!pictureFormatOf(QString::fromUtf8(name)), name);
}

QTEST_MAIN(TestChartPicture)
#include "tst_chart_picture.moc"
