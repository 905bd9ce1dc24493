using System.Globalization;

namespace MizarLab.Observation.Reading;

/// <summary>Numbers of things in sentences: <c>1 frame</c>, <c>2 frames</c>.</summary>
public static class Words
{
    /// <param name="count">How many.</param>
    /// <param name="noun">One of them; its plural takes an s.</param>
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
