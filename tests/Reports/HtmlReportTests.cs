using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

public class HtmlReportTests
{
    [Fact]
    public async Task Writes()
    {
        await HtmlReport.WriteAsync(SampleRun.Mixed, "/tmp/rep");
        await HtmlReport.WriteAsync(SampleRun.AllPassed, "/tmp/rep1");
    }
}
