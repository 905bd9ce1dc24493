namespace MizarLab.Reports.Html;

/// <summary>The page's style sheet, from report.css.</summary>
internal static class Style
{
    public static readonly string Css = Load();

    private static string Load()
    {
        using Stream stream = typeof(Style).Assembly.GetManifestResourceStream("report.css")!;
        return new StreamReader(stream).ReadToEnd();
    }
}
