USE [Clinic]
GO
/****** Object:  UserDefinedDataType [dbo].[Flag]    Script Date: 2024/04/02 10:11:12 ******/
CREATE TYPE [dbo].[Flag] FROM [bit] NOT NULL
GO
/****** Object:  UserDefinedDataType [dbo].[PersonName]    Script Date: 2024/04/02 10:11:12 ******/
CREATE TYPE [dbo].[PersonName] FROM [nvarchar](50) NULL
GO
/****** Object:  Table [dbo].[Patients]    Script Date: 2024/04/02 10:11:12 ******/
SET ANSI_NULLS ON
GO
SET QUOTED_IDENTIFIER ON
GO
CREATE TABLE [dbo].[Patients](
	[PatientID] [int] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
	[FullName] [dbo].[PersonName] NOT NULL,
	[Kana] [nvarchar](100) COLLATE Japanese_CI_AS NULL,
	[BirthDate] [date] NOT NULL,
	[Sex] [nchar](1) NOT NULL,
	[Insured] [bit] NOT NULL,
	[Member] [dbo].[Flag] NOT NULL,
	[Mail] [varchar](254) MASKED WITH (FUNCTION = 'email()') NULL,
	[Notes] [nvarchar](max) NULL,
	[RowGuid] [uniqueidentifier] ROWGUIDCOL  NOT NULL,
	[Photo] [varbinary](max) NULL,
	[Changed] [timestamp] NOT NULL,
	[Label]  AS (([FullName]+N' / ')+isnull([Kana],N'')) PERSISTED,
 CONSTRAINT [PK_Patients] PRIMARY KEY CLUSTERED 
(
	[PatientID] ASC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF, ALLOW_ROW_LOCKS = ON) ON [PRIMARY],
 CONSTRAINT [UQ_Patients_Name] UNIQUE NONCLUSTERED 
(
	[FullName] ASC,
	[BirthDate] DESC
)WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
/****** Object:  Table [dbo].[Departments]    Script Date: 2024/04/02 10:11:12 ******/
CREATE TABLE [dbo].[Departments](
	[DepartmentID] [smallint] NOT NULL,
	[Name] [nvarchar](40) NOT NULL,
	[Floor] [tinyint] SPARSE NULL,
PRIMARY KEY CLUSTERED 
(
	[DepartmentID] ASC
)WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY]

GO
/****** Object:  Table [dbo].[Visits]    Script Date: 2024/04/02 10:11:12 ******/
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Visits](
	[VisitID] [bigint] IDENTITY(1000,1) NOT NULL,
	[PatientID] [int] NOT NULL,
	[DepartmentID] [smallint] NULL,
	[VisitedAt] [datetime2](7) NOT NULL,
	[BookedAt] [datetimeoffset](7) NULL,
	[Status] [varchar](10) NOT NULL,
	[Fee] [money] NULL,
	[Tax] [decimal](18, 2) NULL,
	[Points] [decimal](18, 0) NULL,
	[Weight] [real] NULL,
	[Arrived] [time](7) NULL,
	[Total]  AS ([Fee]+[Tax]),
	[Details] [xml] NULL,
 CONSTRAINT [PK_Visits] PRIMARY KEY CLUSTERED ([VisitID] ASC) ON [PRIMARY]
) ON [PRIMARY]
GO
/****** Object:  Table [dbo].[Prescriptions]    Script Date: 2024/04/02 10:11:12 ******/
CREATE TABLE [dbo].[Prescriptions](
	[VisitID] [bigint] NOT NULL,
	[Line No] [int] NOT NULL,
	[Drug] [nvarchar](80) NOT NULL,
	[Doses] [int] NOT NULL,
	[Group] [sysname] NULL,
 CONSTRAINT [PK_Prescriptions] PRIMARY KEY CLUSTERED ([VisitID] ASC, [Line No] ASC)
)
GO
/****** Object:  View [dbo].[VisitList]    Script Date: 2024/04/02 10:11:12 ******/
CREATE VIEW [dbo].[VisitList] AS
SELECT VisitID, Status FROM dbo.Visits
GO
/****** Object:  StoredProcedure [dbo].[CloseVisits]    Script Date: 2024/04/02 10:11:12 ******/
CREATE PROCEDURE [dbo].[CloseVisits] @day date
AS
BEGIN
	SET NOCOUNT ON
	CREATE TABLE #open (VisitID bigint)
	CREATE TABLE Scratch (x int)
	INSERT #open SELECT VisitID FROM dbo.Visits WHERE Status = 'open; late'
END
GO
SET IDENTITY_INSERT [dbo].[Patients] ON 
GO
INSERT [dbo].[Patients] ([PatientID], [FullName], [Kana], [BirthDate], [Sex], [Insured]) VALUES (1, N'山田 花子', N'ヤマダ ハナコ', CAST(N'1980-02-29' AS Date), N'F', 1)
GO
INSERT [dbo].[Patients] ([PatientID], [FullName], [Kana], [BirthDate], [Sex], [Insured]) VALUES (2, N'O''Neil; Sam
GO', NULL, CAST(N'1991-12-01' AS Date), N'M', 0)
INSERT [dbo].[Visits] ([VisitID], [PatientID], [VisitedAt], [Status], [Fee]) VALUES (1000, 1, CAST(N'2024-03-01T09:30:00.0000000' AS DateTime2), N'open', 1200.5000)
SET IDENTITY_INSERT [dbo].[Patients] OFF
GO
/****** Object:  Index [IX_Departments_Name]    Script Date: 2024/04/02 10:11:12 ******/
CREATE UNIQUE NONCLUSTERED INDEX [IX_Departments_Name] ON [dbo].[Departments]
(
	[Name] ASC
)WITH (PAD_INDEX = OFF, DROP_EXISTING = OFF, ONLINE = OFF) ON [PRIMARY]
GO
CREATE UNIQUE NONCLUSTERED INDEX [IX_Label] ON [dbo].[Patients] ([Label] ASC) ON [PRIMARY]
GO
CREATE UNIQUE NONCLUSTERED INDEX [IX_Mail] ON [dbo].[Patients] ([Mail] ASC) WHERE ([Mail] IS NOT NULL) WITH (FILLFACTOR = 80)
GO
ALTER TABLE [dbo].[Patients] ADD  CONSTRAINT [DF_Patients_Insured]  DEFAULT ((1)) FOR [Insured]
GO
ALTER TABLE [dbo].[Patients] ADD  DEFAULT (newid()) FOR [RowGuid]
GO
ALTER TABLE [dbo].[Patients] ADD  DEFAULT (N'F') FOR [Sex]
GO
ALTER TABLE [dbo].[Visits] ADD  CONSTRAINT [DF_Visits_At]  DEFAULT (sysutcdatetime()) FOR [VisitedAt]
GO
ALTER TABLE [dbo].[Visits] ADD  CONSTRAINT [DF_Visits_Status]  DEFAULT ('open') FOR [Status]
GO
ALTER TABLE [dbo].[Visits]  WITH CHECK ADD  CONSTRAINT [FK_Visits_Patients] FOREIGN KEY([PatientID])
REFERENCES [dbo].[Patients] ([PatientID])
ON DELETE CASCADE
GO
ALTER TABLE [dbo].[Visits] CHECK CONSTRAINT [FK_Visits_Patients]
GO
ALTER TABLE [dbo].[Visits]  WITH NOCHECK ADD  CONSTRAINT [FK_Visits_Departments] FOREIGN KEY([DepartmentID])
REFERENCES [dbo].[Departments] ([DepartmentID])
NOT FOR REPLICATION 
GO
ALTER TABLE [dbo].[Prescriptions]  WITH CHECK ADD  CONSTRAINT [FK_Prescriptions_Visits] FOREIGN KEY([VisitID])
REFERENCES [dbo].[Visits] ([VisitID])
GO
ALTER TABLE [dbo].[Visits]  WITH CHECK ADD  CONSTRAINT [CK_Visits_Status] CHECK  (([Status]='cancelled' OR [Status]='closed' OR [Status]='open'))
GO
ALTER TABLE [dbo].[Visits]  WITH NOCHECK ADD  CONSTRAINT [CK_Visits_Fee] CHECK  (([Fee]>=(0.00) AND [Fee]<=(500000)))
GO
ALTER TABLE [dbo].[Patients]  WITH CHECK ADD  CONSTRAINT [CK_Patients_Sex] CHECK  (([Sex]=N'M' OR [Sex]=N'F'))
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'患者。''本人'' のみ; 家族は除く' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'Patients'
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'氏名' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'Patients', @level2type=N'COLUMN',@level2name=N'FullName'
GO
EXECUTE [sys].[sp_addextendedproperty] N'MS_Description', N'診察料（円）', N'SCHEMA', [dbo], N'TABLE', [Visits], N'COLUMN', [Fee]
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'not of a column' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'Visits', @level2type=N'CONSTRAINT',@level2name=N'PK_Visits'
GO
EXEC sys.sp_addextendedproperty @name=N'MS_DiagramPane1', @value=N'[0E232FF0-B466-11cf-A24F-00AA00A3EFFF, 1.00]' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'VIEW',@level1name=N'VisitList'
GO
