using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MizarLab.Tests.Inputs;

/// <summary>
/// The trace of the scenario <c>traced_endpoints.yaml</c>, made by us in the form in which Azure's packing trace was released: nine machines of four tenants, of which two were there before the trace begins, one is
/// gone before, and two outlive it.
/// </summary>
internal static class ZoneTrace
{
    public const string Name = "traces/zone.sqlite";

    public const string Form = "create table vm (vmId integer, tenantId integer, vmTypeId integer, priority integer, starttime float, endtime float)";

    /// <summary>vmId, tenantId, starttime and endtime, in days.</summary>
    public static readonly (long Machine, long Tenant, double Begins, double? Ends)[] Rows =
    [
        (11, 1, -3.5, 0.75), (12, 1, -0.25, null), (13, 2, -9, -8), (14, 2, 0.125, 0.5), (15, 3, 0.25, 1.5),
        (16, 3, 0.625, 1.25), (17, 1, 0.875, 1.0), (18, 4, 1.125, null), (19, 2, 1.375, 1.75),
    ];

    public static void Write(string file) => Write(file, [Form, .. Rows.Select(row => string.Create(
        CultureInfo.InvariantCulture, $"insert into vm values ({row.Machine}, {row.Tenant}, 1, 0, {row.Begins}, {(row.Ends is { } ends ? ends.ToString(CultureInfo.InvariantCulture) : "null")})"))]);

    /// <summary>A database of whatever these make.</summary>
    public static void Write(string file, params string[] statements)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);
        using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        connection.Open();
        foreach (string statement in statements)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
