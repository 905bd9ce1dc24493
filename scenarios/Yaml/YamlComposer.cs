using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MizarLab.Scenarios.Yaml;

/// <summary>
/// Makes the tree of a file from the parser's events, within bounds: a file from anywhere can neither run out of memory or
/// stack nor expand (there are no aliases), and every fault becomes an error with its place.
/// </summary>
internal sealed class YamlComposer
{
    /// <summary>The language itself needs seven.</summary>
    private const int DeepestNesting = 20;

    private const int LongestScalar = 1 << 18;

    private readonly Diagnostics diagnostics;
    private readonly Parser parser;
    private Mark last;

    private YamlComposer(string text, Diagnostics diagnostics)
    {
        this.diagnostics = diagnostics;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>The file's one document; null, and at least one error, when there is none that can be read.</summary>
    public static YamlNode? Compose(string text, Diagnostics diagnostics)
    {
        if (!YamlText.Check(text, diagnostics))
        {
            return null;
        }
        YamlComposer composer = new(text, diagnostics);
        try
        {
            return composer.Document();
        }
        catch (YamlException e)
        {
            diagnostics.Report(Place(diagnostics, e.Start), Words(e.Message));
            return null;
        }
        catch (TooDeepException e)
        {
            diagnostics.Report(e.Where, $"nested more than {DeepestNesting} deep", "nothing in the language is");
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException or FormatException)
        {
            // The parser is not ours: on input nobody foresaw it may throw what it does not declare.
            diagnostics.Report(Place(diagnostics, composer.last), "this is not YAML");
            return null;
        }
    }

    private YamlNode? Document()
    {
        Expect<StreamStart>();
        ParsingEvent first = Next();
        if (first is StreamEnd)
        {
            diagnostics.Report(new SourcePlace(diagnostics.File, 1, 1), "the file is empty", "a scenario begins with 'name:'");
            return null;
        }
        YamlNode root = Node(Next(), 0);
        Expect<DocumentEnd>();
        ParsingEvent after = Next();
        if (after is DocumentStart)
        {
            diagnostics.Report(Place(diagnostics, after.Start), "a second document", "a file holds one scenario");
        }
        return root;
    }

    private YamlNode Node(ParsingEvent start, int depth)
    {
        SourcePlace where = Place(diagnostics, start.Start);
        if (depth > DeepestNesting)
        {
            throw new TooDeepException(where);
        }
        if (start is NodeEvent node)
        {
            Refuse(node, where);
        }
        switch (start)
        {
            case Scalar scalar:
                if (scalar.Value.Length > LongestScalar)
                {
                    diagnostics.Report(where, $"a text of {scalar.Value.Length} characters", $"at most {LongestScalar}");
                }
                return new YamlScalar(where, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                ImmutableArray<YamlNode>.Builder items = ImmutableArray.CreateBuilder<YamlNode>();
                for (ParsingEvent next = Next(); next is not SequenceEnd; next = Next())
                {
                    items.Add(Node(next, depth + 1));
                }
                return new YamlList(where, items.ToImmutable());
            case MappingStart:
                return Map(where, depth);
            case AnchorAlias alias:
                diagnostics.Report(where, $"alias '*{YamlScalar.Clip(alias.Value.Value)}'", "the language has no anchors and aliases: write the value out");
                return new YamlScalar(where, "", true);
            default:
                throw new YamlException(start.Start, start.End, "expected a value");
        }
    }

    private YamlMap Map(SourcePlace where, int depth)
    {
        ImmutableArray<YamlEntry>.Builder entries = ImmutableArray.CreateBuilder<YamlEntry>();
        SortedDictionary<string, SourcePlace> keys = new(StringComparer.Ordinal);
        for (ParsingEvent next = Next(); next is not MappingEnd; next = Next())
        {
            YamlNode key = Node(next, depth + 1);
            YamlNode value = Node(Next(), depth + 1);
            if (key is not YamlScalar { Text: var name } scalar)
            {
                diagnostics.Report(key.Where, $"{key.What} cannot be a key", "a key is one word");
            }
            else if (!keys.TryAdd(name, scalar.Where))
            {
                diagnostics.Report(scalar.Where, $"duplicate key {scalar.What}", $"the first is in line {keys[name].Line}");
            }
            else
            {
                entries.Add(new YamlEntry(scalar, value));
            }
        }
        return new YamlMap(where, entries.ToImmutable());
    }

    private void Refuse(NodeEvent node, SourcePlace where)
    {
        if (!node.Anchor.IsEmpty)
        {
            diagnostics.Report(where, $"anchor '&{YamlScalar.Clip(node.Anchor.Value)}'", "the language has no anchors and aliases: write the value out");
        }
        if (!node.Tag.IsEmpty)
        {
            diagnostics.Report(where, $"tag '{YamlScalar.Clip(node.Tag.Value)}'", "the language has no tags: remove it");
        }
    }

    private void Expect<T>()
        where T : ParsingEvent
    {
        ParsingEvent next = Next();
        if (next is not T)
        {
            throw new YamlException(next.Start, next.End, "this does not belong here");
        }
    }

    private ParsingEvent Next()
    {
        do
        {
            if (!parser.MoveNext())
            {
                throw new YamlException(last, last, "the file ends too early");
            }
            last = parser.Current!.End;
        }
        while (parser.Current is Comment);
        return parser.Current;
    }

    private static SourcePlace Place(Diagnostics diagnostics, Mark mark) =>
        new(diagnostics.File, (int)Math.Max(mark.Line, 1), (int)Math.Max(mark.Column, 1));

    /// <summary>The parser's words, begun small and without full stop, as ours are.</summary>
    private static string Words(string message)
    {
        string words = YamlScalar.Clip(message) == message ? message : message[..Math.Min(message.Length, 160)];
        words = words.TrimEnd('.', '!', ' ').ReplaceLineEndings(" ");
        return words.Length == 0 ? "this is not YAML" : $"not YAML: {char.ToLowerInvariant(words[0])}{words[1..]}";
    }

    private sealed class TooDeepException(SourcePlace where) : Exception
    {
        public SourcePlace Where => where;
    }
}
