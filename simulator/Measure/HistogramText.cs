using System.Globalization;
using System.Text;

namespace MizarLab.Measure;

/// <summary>
/// A histogram as one line of text, for results: <c>log-linear/11 buckets count sum least most bucket:count bucket:count …</c>. Only buckets that hold anything
/// are named; what is read is equal to what was written in everything a histogram can be asked.
/// </summary>
public static class HistogramText
{
    private const string Form = "log-linear/11";
    private const int HeadWords = 6;

    public static string Write(Histogram histogram)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Form} {histogram.Buckets} {histogram.Count} {histogram.Sum} {histogram.Least} {histogram.Most}");
        for (int bucket = 0; bucket < histogram.Buckets; bucket++)
        {
            if (histogram[bucket] > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $" {bucket}:{histogram[bucket]}");
            }
        }
        return text.ToString();
    }

    /// <exception cref="FormatException">The text is no histogram of this form.</exception>
    public static Histogram Read(string text)
    {
        string[] words = text.Split(' ');
        if (words.Length < HeadWords || words[0] != Form)
        {
            throw new FormatException($"a histogram begins with '{Form}' and five numbers");
        }
        int buckets = (int)Number(words[1]);
        Histogram empty = new();
        if (buckets < 1 || buckets > empty.Buckets)
        {
            throw new FormatException($"a histogram has 1 to {empty.Buckets} buckets, not {buckets}");
        }
        Histogram histogram = Histogram.OfBuckets(buckets);
        long total = 0;
        int last = -1;
        foreach (string word in words.AsSpan(HeadWords))
        {
            int colon = word.IndexOf(':', StringComparison.Ordinal);
            long bucket = colon < 0 ? -1 : Number(word[..colon]);
            if (bucket <= last || bucket >= buckets)
            {
                throw new FormatException($"'{word}' is no bucket and count in order");
            }
            last = (int)bucket;
            histogram[last] = Number(word[(colon + 1)..]);
            total += histogram[last];
        }
        long count = Number(words[2]);
        if (total != count || !Int128.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out Int128 sum))
        {
            throw new FormatException($"the buckets hold {total} values, the head says {count} with sum '{words[3]}'");
        }
        if (count > 0)
        {
            histogram.Restore(count, sum, Number(words[4]), Number(words[5]));
        }
        return histogram;
    }

    private static long Number(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw new FormatException($"'{word}' is no number");
}
