using System.Collections.Immutable;
using MizarLab.Scenarios;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>Reads the part of a profile that says how one table is encoded, and checks that the description is whole: every field has one place and no two places overlap.</summary>
internal static class TableReader
{
    private const int LargestRecord = 1 << 16;

    /// <summary>Words of a <c>key</c> or <c>value</c> that are no fields.</summary>
    private static readonly string[] Reserved = ["bytes", "constants"];

    /// <exception cref="ScenarioException">Something is wrong with it.</exception>
    public static ImmutableArray<TablePart> Read(Profile profile, string table, YamlCursor at, YamlCursor parts)
    {
        RowForm form = Array.Find(RowForms.All, f => f.Name == table) ?? throw at.Unknown("table", table, RowForms.All.Select(f => f.Name));
        ImmutableArray<TablePart> read = [.. parts.Items().Select(part => Part(profile, form, part))];
        return read.IsEmpty ? throw at.Error($"'{table}' lies in no map", "leave it out, if the data plane has nothing of the kind") : read;
    }

    private static TablePart Part(Profile profile, RowForm form, YamlCursor part)
    {
        part.Only("a table's map", "program", "map", "when", "key", "value", "learned", "array", "omit_zero");
        RecordLayout key = Layout(form, part.Required("key"));
        RecordLayout value = Layout(form, part.Required("value"));
        return new TablePart(
            form.Name,
            ProfileReader.RoleOf(profile, part.Required("program")),
            part.Required("map").Text(),
            part.Optional("when") is { } when ? When(form, when) : null,
            key,
            value,
            part.Optional("learned")?.Flag() ?? false,
            part.Optional("array")?.Flag() ?? false,
            part.Optional("omit_zero")?.Flag() ?? false);
    }

    private static KeyValuePair<string, ulong> When(RowForm form, YamlCursor when)
    {
        (string field, YamlCursor at, YamlCursor value) = when.Entries().First();
        if (form.WordsFor != field || form.Words is not { } words)
        {
            throw at.Error($"rows of '{form.Name}' are not told apart by '{field}'", form.WordsFor is { } known ? $"by '{known}'" : null);
        }
        int number = Array.IndexOf(words, value.Text());
        return number >= 0 ? KeyValuePair.Create(field, (ulong)number) : throw value.Unknown(field, value.Text(), words);
    }

    private static RecordLayout Layout(RowForm form, YamlCursor record)
    {
        int bytes = record.Required("bytes").Integer(1, LargestRecord);
        List<FieldPlace> places = [];
        SortedDictionary<int, (int End, string Name)> taken = [];
        foreach ((string name, YamlCursor at, YamlCursor value) in record.Entries())
        {
            if (Reserved.Contains(name))
            {
                continue;
            }
            if (!form.Knows(name))
            {
                throw at.Unknown($"field of '{form.Name}'", name, form.Fields.Concat(form.LabFields));
            }
            Add(Place(name, value), value);
        }
        if (record.Optional("constants") is { } constants)
        {
            foreach (YamlCursor constant in constants.Items())
            {
                Add(Constant(constant), constant);
            }
        }
        return new RecordLayout(bytes, [.. places]);

        void Add(FieldPlace place, YamlCursor where)
        {
            if (place.End > bytes)
            {
                throw where.Error($"ends at byte {place.End} of {bytes}");
            }
            Take(place.At, place.At + place.Length, where);
            if (place.Kind == FieldKind.List)
            {
                Take(place.CountAt, place.CountAt + sizeof(uint), where);
            }
            places.Add(place);
        }

        void Take(int from, int to, YamlCursor where)
        {
            foreach ((int start, (int end, string other)) in taken)
            {
                if (from < end && start < to)
                {
                    throw where.Error($"overlaps '{other}' at bytes {start} to {end - 1}");
                }
            }
            taken.Add(from, (to, where.Where.ToString()));
        }
    }

    private static FieldPlace Place(string name, YamlCursor place)
    {
        FieldKind kind = place.Only("a field", "kind", "at", "bias", "count_at", "most").Required("kind").Word<FieldKind>("kind of field");
        int at = place.Required("at").Integer(0, LargestRecord);
        int bias = place.Optional("bias")?.Integer(-1024, 1024) ?? 0;
        return kind == FieldKind.List
            ? new FieldPlace(name, kind, at, 0, place.Required("count_at").Integer(0, LargestRecord), place.Required("most").Integer(1, DataPlane.AddressList.Limit))
            : new FieldPlace(name, kind, at, bias);
    }

    private static FieldPlace Constant(YamlCursor constant)
    {
        FieldKind kind = constant.Only("a constant", "kind", "at", "is").Required("kind").Word<FieldKind>("kind of field");
        return kind is FieldKind.List or FieldKind.Interface
            ? throw constant.Error("a constant is a number")
            : new FieldPlace("", kind, constant.Required("at").Integer(0, LargestRecord), Constant: unchecked((ulong)(long)constant.Required("is").Integer(int.MinValue, int.MaxValue)));
    }
}
