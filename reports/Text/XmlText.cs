using System.Text;
using System.Xml;

namespace MizarLab.Reports;

/// <summary>Text for XML: what XML 1.0 cannot hold, escaped or not, becomes U+FFFD.</summary>
internal static class XmlText
{
    public static string Clean(string text)
    {
        int first = FirstIllegal(text, 0);
        if (first < 0)
        {
            return text;
        }
        StringBuilder clean = new(text.Length);
        int from = 0;
        for (int at = first; at >= 0; at = FirstIllegal(text, from))
        {
            clean.Append(text, from, at - from).Append('\uFFFD');
            from = at + 1;
        }
        return clean.Append(text, from, text.Length - from).ToString();
    }

    private static int FirstIllegal(string text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(text[i]))
            {
                return i;
            }
        }
        return -1;
    }
}
