using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MizarLab.Observation;
using MizarLab.Reports.Html;

namespace MizarLab.Reports;

/// <summary>
/// <c>report.html</c>: one file with styles and figures inside, no script, light and dark, printable. The page says the verdict first,
/// then where the run came from, then for each scenario what was expected, compared and seen. Razor components lay it out, one an idea (Html/).
/// </summary>
public static partial class HtmlReport
{
    /// <summary>Writes <c>report.html</c>, and under <c>figures/</c> the data and the scripts its figures were drawn from.</summary>
    /// <param name="folder">The run's folder; made when absent.</param>
    public static Task WriteAsync(RunResult result, string folder) => WriteAsync(result, folder, ReportOptions.Default);

    /// <inheritdoc cref="WriteAsync(RunResult, string)"/>
    public static async Task WriteAsync(RunResult result, string folder, ReportOptions options)
    {
        ReportView view = await ReportView.CreateAsync(result, folder, options);
        await OutputFile.WriteTextAsync(Path.Combine(folder, FileNames.Report), await RenderAsync<ReportPage>(nameof(ReportPage.View), view));
    }

    /// <summary>A page of one component with one parameter.</summary>
    internal static async Task<string> RenderAsync<TPage>(string parameter, object view)
        where TPage : IComponent
    {
        await using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        await using HtmlRenderer renderer = new(services, NullLoggerFactory.Instance);
        string html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            ParameterView parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [parameter] = view });
            return (await renderer.RenderComponentAsync<TPage>(parameters)).ToHtmlString();
        });
        // Razor writes a control character as a reference that HTML does not allow; a user's own "&#x1;" is "&amp;#x1;" here.
        html = Spelt().Replace(html, match => char.ConvertFromUtf32(int.Parse(match.Groups["code"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        return Indentation().Replace(IllegalReference().Replace(html, "&#xFFFD;"), match => match.Groups["kept"].Success ? match.Value : "\n");
    }

    /// <summary>Letters beyond ASCII, and the plus sign, which Razor spells out although the page is UTF-8.</summary>
    [GeneratedRegex("&#x(?<code>2B|A[1-9A-F]|[B-F][0-9A-F]|[1-9A-C][0-9A-F]{2,3}|1F[0-9A-F]{3});", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Spelt();

    /// <summary>The components' own, which no browser shows; what is preformatted stays as it is.</summary>
    [GeneratedRegex(@"(?<kept><pre\b.*?</pre>)|\s*\n\s+", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Indentation();

    [GeneratedRegex("&#x(?:[0-8BCEF]|1[0-9A-F]|7F|8[0-9A-F]|9[0-9A-F]|FFF[EF]);", RegexOptions.CultureInvariant)]
    private static partial Regex IllegalReference();
}
