using System.Collections;
using System.Globalization;
using System.Reflection;
using MizarLab.Overlay;

namespace MizarLab.Scenarios.Scripts;

/// <summary>C# values in the language's forms.</summary>
internal static class ScriptValues
{
    /// <exception cref="ArgumentException">It has none.</exception>
    public static ScriptNode NodeOf(object? value, SourcePlace where) => value switch
    {
        null => new ScriptScalar(where, "") { IsNothing = true },
        string text => new ScriptScalar(where, text),
        bool truth => new ScriptScalar(where, truth ? "true" : "false"),
        double or float or decimal => new ScriptScalar(where, Convert.ToDecimal(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)),
        IFormattable number => new ScriptScalar(where, number.ToString(null, CultureInfo.InvariantCulture)),
        IDictionary pairs => MapOf(pairs, where),
        IEnumerable items => ListOf(items, where),
        _ when IsNameless(value.GetType()) => MapOf(value, where),
        _ => throw new ArgumentException($"a {value.GetType().Name} has no form in the scenario language: give text, a number, a boolean, a list, a dictionary, or new {{ key = value }}", nameof(value)),
    };

    private static ScriptList ListOf(IEnumerable items, SourcePlace where)
    {
        ScriptList list = new(where);
        foreach (object? item in items)
        {
            list.Items.Add(NodeOf(item, where));
        }
        return list;
    }

    private static ScriptMap MapOf(IDictionary pairs, SourcePlace where)
    {
        ScriptMap map = new(where);
        foreach (DictionaryEntry pair in pairs)
        {
            map.Set(
                pair.Key as string ?? throw new ArgumentException($"a key is text, not a {pair.Key.GetType().Name}", nameof(pairs)), NodeOf(pair.Value, where), where);
        }
        return map;
    }

    private static ScriptMap MapOf(object nameless, SourcePlace where)
    {
        ScriptMap map = new(where);
        foreach (PropertyInfo property in nameless.GetType().GetProperties())
        {
            map.Set(property.Name, NodeOf(property.GetValue(nameless), where), where);
        }
        return map;
    }

    /// <summary>What <c>new { … }</c> makes.</summary>
    private static bool IsNameless(Type type) => type.IsSealed && type.Name.StartsWith("<>", StringComparison.Ordinal);
}
